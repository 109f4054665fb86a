import { serveComputation } from '../../infra/engine/jobs/computation-process.js';
import { computations } from './computations.js';

serveComputation(computations);
