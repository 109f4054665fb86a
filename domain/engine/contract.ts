export { clockEvents, type ClockEvent } from './clock-events.js';
export { sagaEvents, type SagaEvent } from './saga-events.js';
export { partsOfSagaId, sagaId } from './saga-instance.js';
export { evolveSaga, newInstance, statusOf, type SagaInstance, type SagaStatus } from './saga-state.js';
export { timersInOrder, wakeAt } from './saga-work.js';
