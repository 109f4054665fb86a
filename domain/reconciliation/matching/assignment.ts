/** A pair that may be made, at a cost. Costs are whole numbers, so that sums are exact; `tie` decides among equals. */
export interface AssignmentEdge {
  readonly row: number;
  readonly column: number;
  readonly cost: number;
  readonly tie: number;
}

const none = -1;

/**
 * The optimal one-to-one assignment: most pairs first, then the smallest sum of costs, then the smallest sum of ties.
 * The Hungarian method by shortest augmenting paths on a sparse graph, with costs as pairs of numbers in
 * lexicographic order. Every row has a column of its own that means "unmatched" and costs more than all else.
 * Returns the column of each row, or -1.
 */
export function assign(rows: number, columns: number, edges: readonly AssignmentEdge[]): Int32Array {
  const graph = adjacency(rows, columns, edges);
  const solver = new ShortestPaths(graph, rows, columns);
  for (let row = 0; row < rows; row += 1) solver.insert(row);
  return solver.columnsOfRows();
}

interface Adjacency {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly costs: Float64Array;
  readonly ties: Float64Array;
}

function adjacency(rows: number, columns: number, edges: readonly AssignmentEdge[]): Adjacency {
  const starts = new Int32Array(rows + 1);
  for (const { row } of edges) starts[row + 1] = at(starts, row + 1) + 1;
  for (let row = 0; row <= rows; row += 1) {
    // One edge more for each row: the column that means "unmatched".
    starts[row] = at(starts, row) + (row === 0 ? 0 : at(starts, row - 1) + 1);
  }
  const next = starts.slice();
  const total = edges.length + rows;
  const graph = {
    starts,
    columns: new Int32Array(total),
    costs: new Float64Array(total),
    ties: new Float64Array(total),
  };
  let highest = 0;
  for (const { cost } of edges) highest = Math.max(highest, cost);
  const put = (row: number, column: number, cost: number, tie: number): void => {
    const place = at(next, row);
    next[row] = place + 1;
    graph.columns[place] = column;
    graph.costs[place] = cost;
    graph.ties[place] = tie;
  };
  for (const { row, column, cost, tie } of edges) put(row, column, cost, tie);
  const unmatched = (highest + 1) * (2 * rows + 1);
  for (let row = 0; row < rows; row += 1) put(row, columns + row, unmatched, 0);
  return graph;
}

/** Keeps a matching of the rows inserted so far that is optimal, with the potentials that prove it. */
class ShortestPaths {
  private readonly rowOfColumn: Int32Array;
  private readonly rowCost: Float64Array;
  private readonly rowTie: Float64Array;
  private readonly columnCost: Float64Array;
  private readonly columnTie: Float64Array;
  private readonly distanceCost: Float64Array;
  private readonly distanceTie: Float64Array;
  private readonly previous: Int32Array;
  /** 0: not seen in this search; 1: seen; 2: settled. */
  private readonly state: Uint8Array;

  constructor(
    private readonly graph: Adjacency,
    private readonly rows: number,
    private readonly columns: number,
  ) {
    const width = columns + rows;
    this.rowOfColumn = new Int32Array(width).fill(none);
    this.rowCost = new Float64Array(rows);
    this.rowTie = new Float64Array(rows);
    this.columnCost = new Float64Array(width);
    this.columnTie = new Float64Array(width);
    this.distanceCost = new Float64Array(width);
    this.distanceTie = new Float64Array(width);
    this.previous = new Int32Array(width);
    this.state = new Uint8Array(width);
  }

  /** Finds the cheapest path from the row to a free column, settles potentials along the way, and augments. */
  insert(row: number): void {
    const seen: number[] = [];
    const settled: number[] = [];
    let column = none;
    let baseCost = 0;
    let baseTie = 0;
    let current = row;
    for (;;) {
      this.relax(current, column, baseCost, baseTie, seen);
      column = this.nearest(seen);
      baseCost = at(this.distanceCost, column);
      baseTie = at(this.distanceTie, column);
      this.state[column] = 2;
      settled.push(column);
      current = at(this.rowOfColumn, column);
      if (current === none) break;
    }
    this.settlePotentials(row, settled, baseCost, baseTie);
    this.augment(row, column);
    for (const touched of seen) this.state[touched] = 0;
  }

  columnsOfRows(): Int32Array {
    const result = new Int32Array(this.rows).fill(none);
    for (let column = 0; column < this.columns; column += 1) {
      const row = at(this.rowOfColumn, column);
      if (row !== none) result[row] = column;
    }
    return result;
  }

  private relax(row: number, from: number, baseCost: number, baseTie: number, seen: number[]): void {
    const { starts, columns, costs, ties } = this.graph;
    const costSoFar = baseCost - at(this.rowCost, row);
    const tieSoFar = baseTie - at(this.rowTie, row);
    for (let edge = at(starts, row); edge < at(starts, row + 1); edge += 1) {
      const column = at(columns, edge);
      const state = at(this.state, column);
      if (state === 2) continue;
      const cost = costSoFar + at(costs, edge) - at(this.columnCost, column);
      const tie = tieSoFar + at(ties, edge) - at(this.columnTie, column);
      if (state === 1) {
        const known = at(this.distanceCost, column);
        if (cost > known || (cost === known && tie >= at(this.distanceTie, column))) continue;
      } else {
        this.state[column] = 1;
        seen.push(column);
      }
      this.distanceCost[column] = cost;
      this.distanceTie[column] = tie;
      this.previous[column] = from;
    }
  }

  /** There always is one: the row's own column for "unmatched" is free. */
  private nearest(seen: readonly number[]): number {
    let best = none;
    for (const column of seen) {
      if (at(this.state, column) === 2) continue;
      if (best === none || this.isNearer(column, best)) best = column;
    }
    return best;
  }

  private isNearer(column: number, other: number): boolean {
    const difference = at(this.distanceCost, column) - at(this.distanceCost, other);
    if (difference !== 0) return difference < 0;
    return at(this.distanceTie, column) < at(this.distanceTie, other);
  }

  private settlePotentials(row: number, settled: readonly number[], cost: number, tie: number): void {
    this.rowCost[row] = at(this.rowCost, row) + cost;
    this.rowTie[row] = at(this.rowTie, row) + tie;
    for (const column of settled) {
      const costGap = cost - at(this.distanceCost, column);
      const tieGap = tie - at(this.distanceTie, column);
      this.columnCost[column] = at(this.columnCost, column) - costGap;
      this.columnTie[column] = at(this.columnTie, column) - tieGap;
      const matched = at(this.rowOfColumn, column);
      if (matched === none) continue;
      this.rowCost[matched] = at(this.rowCost, matched) + costGap;
      this.rowTie[matched] = at(this.rowTie, matched) + tieGap;
    }
  }

  private augment(row: number, last: number): void {
    let column = last;
    while (column !== none) {
      const previous = at(this.previous, column);
      this.rowOfColumn[column] = previous === none ? row : at(this.rowOfColumn, previous);
      column = previous;
    }
  }
}

/** An element that the caller knows to be there. */
function at(array: Int32Array | Float64Array | Uint8Array, index: number): number {
  return array[index] ?? none;
}
