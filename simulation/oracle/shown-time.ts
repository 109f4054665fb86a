import { clockEvents } from '../../domain/engine/clock-events.js';
import type { World } from '../world.js';

/** The latest time that the platform's clock has shown by a moment, RFC 3339; undefined: it was not set yet. */
export function latestShown(world: World, atMs: number): string | undefined {
  if (!world.manualClock) return world.clock.latestBy(atMs);
  return settings(world)
    .filter((setting) => setting.atMs <= atMs)
    .map(({ to }) => to)
    .reduce<string | undefined>(
      (latest, to) => (latest === undefined || to > latest ? to : latest),
      undefined,
    );
}

/** What the platform's clock shows. */
export function shownNow(world: World): string {
  return (world.manualClock ? settings(world).at(-1)?.to : undefined) ?? world.clock.now();
}

function settings({ log, codec }: World): readonly { readonly atMs: number; readonly to: string }[] {
  return log.landed
    .filter(({ event }) => Object.hasOwn(clockEvents, event.type))
    .map(({ event, atMs }) => ({ atMs, to: (codec.decodeSealed(event).data as { to: string }).to }));
}
