import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsString, Length } from 'class-validator';
import type { Instrument } from './events.js';

/** So many at once fit into an event. */
export const mostInstrumentsAtOnce = 2_000;

/** New instruments, and ones that take the place of what was known under their ids. */
export class PutInstruments {
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(mostInstrumentsAtOnce) instruments!: Instrument[];
}

export class RemoveInstrument {
  @IsString() @Length(1, 64) instrumentId!: string;
}
