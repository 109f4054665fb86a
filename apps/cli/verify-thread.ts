import { serveSegments } from '../../infra/audit/verify/segment-thread.js';
import { leafFilters, newestFilter } from '../config/audit-filters.js';

serveSegments({ filters: leafFilters, newestFilter });
