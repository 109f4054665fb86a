import { createParamDecorator, Inject, type ExecutionContext } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { ReadScope } from '../../../infra/engine/projections/read-model.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { PageRequest } from '../../../domain/kernel/ports/read-model-store.js';
import { isJsonObject } from '../../../domain/kernel/json.js';
import { validated } from './validation.js';
import { accessTo } from './principal.js';

/** Every query takes it: the position of a command's answer, to read one's own write. */
export class AfterQuery {
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: '$property must be a position: a decimal string' })
  after?: string;
}

/** Every list is a cursor page. */
export class PageQuery extends AfterQuery {
  @IsOptional() @IsInt() @Min(1) @Max(1000) limit?: number;
  @IsOptional() @IsString() @Length(1, 512) cursor?: string;
}

const defaultLimit = 100;

export function pageRequest(
  { limit, cursor }: PageQuery,
  where: NonNullable<PageRequest['where']> = {},
): PageRequest {
  return { limit: limit ?? defaultLimit, where, ...(cursor !== undefined && { cursor }) };
}

export function readModelToken({ name }: Pick<AnyProjection, 'name'>): string {
  return `read-model:${name}`;
}

/** Gives a controller a read model. */
export function Reads(projection: Pick<AnyProjection, 'name'>): ParameterDecorator {
  return Inject(readModelToken(projection));
}

/** The workspace that a query reads, and how current its answer must be. */
export const InScope = createParamDecorator((_data: unknown, context: ExecutionContext): ReadScope => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { workspace } = accessTo(request);
  const query = validated(AfterQuery, {
    after: isJsonObject(request.query) ? request.query['after'] : undefined,
  });
  return { workspace, after: query.after === undefined ? undefined : BigInt(query.after) };
});
