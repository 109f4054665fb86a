import { hash, timingSafeEqual } from 'node:crypto';
import { Unauthenticated } from '../../../domain/kernel/errors.js';
import { isWorkspaceId, systemWorkspace, type WorkspaceId } from '../../../domain/kernel/names.js';
import { apiKey, type ApiKey } from '../../../domain/tenancy/api-key.js';
import { workspace as workspaceRules } from '../../../domain/tenancy/workspace.js';
import type { AggregateStates } from '../../../infra/engine/commands/aggregate-states.js';
import { parseApiKey } from './api-key-text.js';
import type { Principal } from './principal.js';

/** A revocation made through another process takes effect within this time; one made here at once. */
const trustedForMs = 2000;
const mostRemembered = 10_000;

interface Remembered {
  readonly key: ApiKey;
  readonly until: number;
}

/** Tells who asks, from the log itself: a read model may be behind, and commands never depend on one (rule C8). */
export class Authentication {
  private readonly remembered = new Map<string, Remembered>();
  private readonly existing = new Set<WorkspaceId>([systemWorkspace]);

  constructor(
    private readonly states: AggregateStates,
    private readonly bootstrapKeyHash: string | undefined,
  ) {}

  /** @throws Unauthenticated for a key that is missing, malformed, unknown or revoked: it does not say which */
  async principalOf(authorization: string | undefined): Promise<Principal> {
    const [scheme, secret] = (authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !secret) throw notKnown();
    if (this.bootstrapKeyHash !== undefined && same(hash('sha256', secret), this.bootstrapKeyHash))
      return { actor: 'bootstrap', confinedTo: undefined, roles: ['owner'] };
    const parsed = parseApiKey(secret);
    if (!parsed) throw notKnown();
    const key = await this.keyOf(parsed.workspace, parsed.keyId);
    if (key.state !== 'active' || !same(hash('sha256', parsed.secret), key.secretHash)) throw notKnown();
    return { actor: `key:${parsed.keyId}`, confinedTo: parsed.workspace, roles: key.roles };
  }

  /** A workspace never ceases to exist, so it is looked up once. */
  async exists(workspace: string): Promise<boolean> {
    if (!isWorkspaceId(workspace)) return false;
    if (this.existing.has(workspace)) return true;
    const { name } = await this.states.read(workspaceRules, workspace, workspace);
    if (name === undefined) return false;
    this.existing.add(workspace);
    return true;
  }

  /** After a key was changed through this process. */
  forget(workspace: WorkspaceId, keyId: string): void {
    this.remembered.delete(`${workspace}/${keyId}`);
  }

  private async keyOf(workspace: WorkspaceId, keyId: string): Promise<ApiKey> {
    const name = `${workspace}/${keyId}`;
    const remembered = this.remembered.get(name);
    if (remembered && remembered.until > Date.now()) return remembered.key;
    const key = await this.states.read(apiKey, workspace, keyId);
    // What does not exist is not remembered: a guesser could fill the memory, and a key may be issued meanwhile.
    if (key.state === 'unknown') return key;
    if (this.remembered.size >= mostRemembered) this.remembered.clear();
    this.remembered.set(name, { key, until: Date.now() + trustedForMs });
    return key;
  }
}

function same(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function notKnown(): Unauthenticated {
  return new Unauthenticated(
    'access.unauthenticated',
    'a request needs a valid key: Authorization: Bearer <key>',
  );
}
