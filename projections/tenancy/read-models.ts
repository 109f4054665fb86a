import type { AnyProjection } from '../kernel/projection.js';
import { apiKeys } from './api-keys.js';
import { workspaces } from './workspaces.js';

export const tenancyReadModels: readonly AnyProjection[] = [workspaces, apiKeys];
