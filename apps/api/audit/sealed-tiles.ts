import { InvalidRequest, NotFound } from '../../../domain/kernel/errors.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import { workspaceTag } from '../../../infra/audit/log/audit-entry.js';
import { AuditLogs, originLogFolder, workspaceLogFolder } from '../../../infra/audit/log/audit-logs.js';
import { headCovering, workspaceEntry } from '../../../infra/audit/log/find-leaf.js';
import { parseTilePath, tilePath, tileWidth, type TileName } from '../../../infra/audit/tiles/tile-path.js';
import type { TileStore } from '../../../infra/audit/tiles/tile-store.js';

export interface SealedTile {
  readonly bytes: Buffer;
  /** A full one is never another. */
  readonly isFull: boolean;
}

/** Tiles as C2SP tlog-tiles names them: only what is sealed. What lies beyond means nothing yet. */
export class SealedTiles {
  private readonly logs: AuditLogs;

  constructor(private readonly tiles: Pick<TileStore, 'read'>) {
    this.logs = new AuditLogs(tiles);
  }

  /**
   * Of the origin's log.
   *
   * @param path `tile/…`
   * @param size sealed leaves of that log
   * @throws NotFound `audit.unknown-tile` @throws InvalidRequest `audit.bad-tile-path`
   */
  async ofOrigin(path: string, size: number): Promise<SealedTile> {
    const name = nameOf(path);
    return this.read(originLogFolder, path, name, leavesOf(name) <= size);
  }

  /** Of a workspace's own log; as `ofOrigin`, whose size it takes. */
  async ofWorkspace(workspace: WorkspaceId, path: string, size: number): Promise<SealedTile> {
    const name = nameOf(path);
    const folder = workspaceLogFolder(workspaceTag(workspace));
    return this.read(folder, path, name, await this.isSealed(workspace, leavesOf(name), size));
  }

  /** Whether so many leaves of a workspace are sealed: some head holds the last of them. */
  private async isSealed(workspace: WorkspaceId, leaves: number, size: number): Promise<boolean> {
    const tag = workspaceTag(workspace);
    // The bundle that ends where a tile ends is there wherever the tile is.
    const index = Math.floor((leaves - 1) / tileWidth);
    const bundle = tilePath({ level: 'entries', index, width: leaves - index * tileWidth });
    if (!(await this.tiles.read(workspaceLogFolder(tag) + bundle))) return false;
    for await (const bytes of this.logs.logOf(tag).entries(leaves, leaves - 1)) {
      const { pos } = workspaceEntry(bytes);
      const head = await headCovering(this.logs, size, workspace, BigInt(pos));
      return head !== undefined && Number(head.entry.size) >= leaves;
    }
    return false;
  }

  private async read(folder: string, path: string, name: TileName, isSealed: boolean): Promise<SealedTile> {
    const bytes = isSealed ? await this.tiles.read(folder + path) : undefined;
    if (!bytes) throw new NotFound('audit.unknown-tile', `nothing is sealed under ${path}`);
    return { bytes, isFull: name.width === tileWidth };
  }
}

function nameOf(path: string): TileName {
  const name = parseTilePath(path);
  if (!name || !Number.isSafeInteger(leavesOf(name)))
    throw new InvalidRequest(
      'audit.bad-tile-path',
      'a tile is tile/<level>/<index>[.p/<width>] (C2SP tlog-tiles)',
    );
  return name;
}

/** Of a log that holds the tile, at least. */
function leavesOf({ level, index, width }: TileName): number {
  return (index * tileWidth + width) * tileWidth ** (level === 'entries' ? 0 : level);
}
