import { serveSegments } from '../../infra/audit/verify/segment-thread.js';
import { benchFilter, benchFilters } from './bench-log.js';

serveSegments({ filters: benchFilters, newestFilter: benchFilter });
