import { attackNames, type Attack } from '../attack.js';
import { beforeTheSeal } from './before-the-seal.js';
import { byTheHouse } from './by-the-house.js';
import { onSealedEvents } from './on-sealed-events.js';

const made = [...onSealedEvents, ...byTheHouse, ...beforeTheSeal];

/** All of them, in the order of the specification. */
export const attacks: readonly Attack[] = attackNames.map((name) => {
  const attack = made.find((one) => one.name === name);
  if (!attack) throw new Error(`nobody makes the attack ${name}`);
  return attack;
});
