import { isIPv6 } from 'node:net';

/** The node knows no passwords, so it listens where only this machine can reach it. */
export class NotLoopback extends Error {
  override readonly name = 'NotLoopback';

  constructor(readonly host: string) {
    super(
      `the embedded event store listens on loopback only, and ${host} is not: set allowNonLoopback to insist`,
    );
  }
}

export function requireLoopback(host: string, allowNonLoopback: boolean): void {
  if (!allowNonLoopback && !/^(127\.\d+\.\d+\.\d+|localhost|::1)$/.test(host)) throw new NotLoopback(host);
}

/** The host as it stands in front of a port. */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
