/**
 * Every decision of Mesh DR as a pure function, and the shapes of its REST API.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './api/types';
export * from './locality/types';
export * from './network/types';
export * from './api/MeshDrApi';
