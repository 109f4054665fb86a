import { randomBytes } from 'node:crypto';
import { isWorkspaceId, type WorkspaceId } from '../../../domain/kernel/names.js';

/** The parts of a key's text, `axk_<workspace>_<key id>_<secret>`: it names its own stream, and scanners know it. */
export interface ApiKeyParts {
  readonly workspace: WorkspaceId;
  readonly keyId: string;
  readonly secret: string;
}

const pattern = /^axk_([a-z0-9-]+)_([0-9a-f-]{36})_([A-Za-z0-9-]{43})$/;

export function formatApiKey({ workspace, keyId, secret }: ApiKeyParts): string {
  return `axk_${workspace}_${keyId}_${secret}`;
}

export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, workspace, keyId, secret] = pattern.exec(text) ?? [];
  if (!workspace || !isWorkspaceId(workspace) || !keyId || !secret) return undefined;
  return { workspace, keyId, secret };
}

/** 256 random bits; without the underscore, which separates the parts. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url').replaceAll('_', '-');
}
