import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { NestedType } from '../../kernel/command.js';
import { Tolerances } from '../commands.js';
import type { ToleranceOverride } from '../matching/yardsticks.js';

const isName = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** All of it at once: what is left out is zero. */
export class ProposeToleranceSet {
  @Matches(isName) name!: string;
  @ValidateNested() @NestedType(() => Tolerances) tolerances!: Tolerances;
  @IsOptional() @IsArray() @ArrayMaxSize(200) overrides?: ToleranceOverride[];
}

export class ApproveToleranceSet {
  @Matches(isName) name!: string;
  @IsInt() @Min(1) @Max(999_999) version!: number;
}

export class RetireToleranceSet {
  @Matches(isName) name!: string;
  @IsString() @Length(1, 500) reason!: string;
}
