import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { NestedType } from '../../kernel/command.js';
import { resolutions, type Resolution } from '../breaks/states.js';
import { IsName, IsCurrency, IsToleranceAmount, type ToleranceAmount } from '../command-rules.js';
import { breakTypes, type BreakType } from '../matching/result.js';
import type { ResolutionRule } from './events.js';

export class RuleFields implements ResolutionRule {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsIn(breakTypes, { each: true })
  types!: BreakType[];
  @IsOptional() @IsCurrency() currency?: string;
  @IsOptional() @IsString() @Length(1, 64) symbol?: string;
  @IsOptional() @IsString() @Length(1, 64) account?: string;
  @IsOptional() @IsName() source?: string;
  @IsOptional() @IsToleranceAmount() differenceUpTo?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() notionalUpTo?: ToleranceAmount;
  @IsIn(resolutions) resolution!: Resolution;
  @IsString() @Length(1, 300) reason!: string;
}

export class ProposeResolutionRule {
  @IsName() name!: string;
  @ValidateNested() @NestedType(() => RuleFields) rule!: RuleFields;
}

export class ApproveResolutionRule {
  @IsName() name!: string;
  @IsInt() @Min(1) @Max(999_999) version!: number;
}

export class RetireResolutionRule {
  @IsName() name!: string;
  @IsString() @Length(1, 500) reason!: string;
}
