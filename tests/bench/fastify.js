// The server that a user would write with Node: fastify and better-sqlite3, one thin client by id over HTTPS.
//     NODE_PATH=.../node_modules node fastify.js PORT DATABASE CERTIFICATE KEY
// The database is one with the table tc11 that bench-core makes. Ends with its standard input.
'use strict';
const fs = require('fs');
const Database = require('better-sqlite3');

const [port, database, cert, key] = process.argv.slice(2);
const db = new Database(database, {readonly: true});
const lookup = db.prepare('SELECT * FROM tc11 WHERE id = ?');
const app = require('fastify')({https: {cert: fs.readFileSync(cert), key: fs.readFileSync(key)}});

app.get('/thinclients/:id', (request, reply) => {
  const row = lookup.get(request.params.id);
  if (!row) return reply.code(404).send({});
  return reply.send({
    unitID: row.unit_id, mac: row.mac, firmwareID: String(row.firmware_id), lastIP: row.last_ip, lastUser: row.last_user,
    batteryLevel: row.battery, id: String(row.id), name: row.name, parentID: String(row.parent_id),
    movedToBin: row.in_bin !== 0, objectType: 'tc', links: [],
  });
});

app.listen({port: Number(port), host: '127.0.0.1'});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
