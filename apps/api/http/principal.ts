import type { FastifyRequest } from 'fastify';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { Role } from '../../../domain/tenancy/contract.js';

/** Who asks. */
export interface Principal {
  /** As it stands in events: never a person's name. */
  readonly actor: string;
  /** The only workspace it may speak of; undefined: every one. */
  readonly confinedTo: WorkspaceId | undefined;
  readonly roles: readonly Role[];
}

/** What the guard found out about a request. */
export interface RequestAccess {
  readonly principal: Principal;
  readonly workspace: WorkspaceId;
  readonly correlationId: string;
  /** Of this request alone. */
  readonly requestId: string;
  /** The caller's span that it belongs to; empty where none was named. */
  readonly causeId: string;
}

const accessOf = new WeakMap<FastifyRequest, RequestAccess>();

export function rememberAccess(request: FastifyRequest, access: RequestAccess): void {
  accessOf.set(request, access);
}

/** A request that the guard let in to nothing, and who asked, where that was found out. */
export interface Denial {
  readonly principal: Principal | undefined;
}

const denialOf = new WeakMap<FastifyRequest, Denial>();

export function rememberDenial(request: FastifyRequest, denial: Denial): void {
  denialOf.set(request, denial);
}

/** Undefined for a request that the guard let in, or never saw. */
export function denialIfAny(request: FastifyRequest): Denial | undefined {
  return denialOf.get(request);
}

/** Undefined for a request that passed no guard, or was refused by it. */
export function accessIfAny(request: FastifyRequest): RequestAccess | undefined {
  return accessOf.get(request);
}

/** @throws InvariantBroken where no guard was: nothing happens without knowing who asks */
export function accessTo(request: FastifyRequest): RequestAccess {
  const access = accessOf.get(request);
  if (!access) throw new InvariantBroken('access.unknown', 'the request passed no guard');
  return access;
}
