/** What every command ends with: it holds, it is violated, or it was not asked properly. */
export const exitCodes = { holds: 0, violated: 1, misuse: 2 } as const;

/** The command was asked for in a way that makes no sense. */
export class Misuse extends Error {}
