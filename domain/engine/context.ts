import type { DomainContext } from '../kernel/context.js';
import type { AnyDecider } from '../kernel/decider.js';
import { engineAudit } from './audit-table.js';
import { clock } from './clock.js';

/**
 * What the platform does of itself.
 *
 * @param sagaInstances the decider of all contexts' sagas
 */
export function engineOf(sagaInstances: AnyDecider): DomainContext {
  return { deciders: [clock, sagaInstances], sagas: [], jobs: [], audit: engineAudit };
}
