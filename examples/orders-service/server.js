import { startOrders } from './orders.js';

const { url } = await startOrders({
  databaseUrl: process.env.DATABASE_URL,
  port: Number(process.env.PORT ?? 3000),
});
console.log(`orders on ${url}`);
