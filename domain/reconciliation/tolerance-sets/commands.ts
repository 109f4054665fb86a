import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { NestedType } from '../../kernel/command.js';
import { IsName, Tolerances } from '../command-rules.js';
import type { ToleranceOverride } from '../matching/yardsticks.js';

/** All of it at once: what is left out is zero. */
export class ProposeToleranceSet {
  @IsName() name!: string;
  @ValidateNested() @NestedType(() => Tolerances) tolerances!: Tolerances;
  @IsOptional() @IsArray() @ArrayMaxSize(200) overrides?: ToleranceOverride[];
}

export class ApproveToleranceSet {
  @IsName() name!: string;
  @IsInt() @Min(1) @Max(999_999) version!: number;
}

export class RetireToleranceSet {
  @IsName() name!: string;
  @IsString() @Length(1, 500) reason!: string;
}
