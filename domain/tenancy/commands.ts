import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  IsUUID,
  Length,
  Matches,
} from 'class-validator';
import { FilledIn, Generated } from '../kernel/command.js';
import { roles, type Role } from './roles.js';

export class CreateWorkspace {
  @Matches(/^[a-z][a-z0-9-]{1,62}$/) id!: string;
  @IsString() @Length(1, 200) name!: string;
}

export class IssueApiKey {
  @Generated() keyId!: string;
  /** Generated too, so that a repeat under the same `Idempotency-Key` is told from the first. */
  @Generated() secretHash!: string;
  @FilledIn() issuerRoles!: readonly Role[];
  @IsString() @Length(1, 200) name!: string;
  @IsArray() @ArrayNotEmpty() @ArrayUnique() @IsIn(roles, { each: true }) roles!: Role[];
}

export class RevokeApiKey {
  @IsUUID() keyId!: string;
}
