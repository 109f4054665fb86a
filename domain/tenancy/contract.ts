export { apiKeyEvents, workspaceEvents, type ApiKeyEvent, type WorkspaceEvent } from './events.js';
export { roles, type Role } from './roles.js';
