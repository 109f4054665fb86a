/** A table for people: the first row is its heading; numbers stand to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)),
  );
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...texts.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[], index: number): string =>
    row
      .map((text, column) => {
        const numeric = typeof rows[Math.max(index, 1)]?.[column] === 'number';
        return numeric ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [heading = '', ...body] = texts.map(line);
  return [heading, rule, ...body].join('\n');
}

export interface Progress {
  show(position: bigint, events: number): void;
  done(): void;
}

const width = 30;

/** A bar on a terminal; nothing in a pipe. Drawn on standard error, so that the output stays clean. */
export function progressBar(what: string, head: bigint | undefined): Progress {
  if (!process.stderr.isTTY || head === undefined || head <= 0n)
    return { show: () => undefined, done: () => undefined };
  return {
    show: (position, events) => {
      const share = Math.min(1, Number(position) / Number(head));
      const filled = Math.round(share * width);
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
      process.stderr.write(
        `\r${what} ${bar} ${Math.round(share * 100)} % · ${events.toLocaleString('en-US')} events `,
      );
    },
    done: () => process.stderr.write('\r\u001b[2K'),
  };
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
