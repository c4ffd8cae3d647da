/** Every topic name of the product (private broadcast; RLS on realtime.messages decides who may listen). */
export const ordersTopic = (userId: string) => `user:${userId}:orders`;
export const positionsTopic = (userId: string) => `user:${userId}:positions`;
export const executionsTopic = (userId: string) => `user:${userId}:executions`;
export const balancesTopic = (userId: string) => `user:${userId}:balances`;
export const backtestsTopic = (userId: string) => `user:${userId}:backtests`;
export const deploymentsTopic = (userId: string) => `user:${userId}:deployments`;
export const accountsTopic = (userId: string) => `user:${userId}:accounts`;
export const permissionsTopic = (userId: string) => `user:${userId}:permissions`;
export const quotesTopic = (userId: string) => `user:${userId}:quotes`;
export const notificationsTopic = (userId: string) => `user:${userId}:notifications`;
/** Settings and halts, for every signed-in person. */
export const PLATFORM_TOPIC = 'platform:state';
/** Heartbeats, for administrators. */
export const FLEET_TOPIC = 'admin:fleet';
