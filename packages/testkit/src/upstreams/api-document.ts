/** What the API of `startApiUpstream` says of itself: OpenAPI 3.0, in YAML. */
export const API_DOCUMENT = `
openapi: 3.0.3
info: { title: Shop, version: '1' }
servers: [{ url: /v1 }]
components:
  parameters:
    id: { in: path, name: id, required: true, schema: { type: integer } }
  schemas:
    Customer:
      type: object
      required: [id, name]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, maxLength: 200 }
        parent: { $ref: '#/components/schemas/Customer' }
        note: { type: string, nullable: true }
paths:
  /customers:
    get:
      operationId: listCustomers
      parameters:
        - { in: query, name: limit, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { in: query, name: tag, schema: { type: array, items: { type: string } } }
        - { in: query, name: verbose, schema: { type: boolean } }
        - { in: header, name: X-Trace, schema: { type: string } }
        - { in: header, name: Authorization, schema: { type: string } }
        - { in: header, name: X-HTTP-Method-Override, schema: { type: string } }
      responses: { '200': { description: ok } }
    post:
      operationId: createCustomer
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Customer' } } }
      responses: { '201': { description: made } }
  /customers/mine:
    get: { operationId: getMine, responses: { '200': { description: ok } } }
  /customers/{id}:
    parameters: [{ $ref: '#/components/parameters/id' }]
    get:
      operationId: getCustomer
      responses: { '200': { description: ok, headers: { X-Shard: { schema: { type: string } } } } }
    delete: { operationId: deleteCustomer, responses: { '204': { description: gone } } }
  /payments:
    post:
      operationId: createPayment
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [amount, currency]
              properties:
                amount: { type: integer, minimum: 0 }
                currency: { type: string, pattern: '^[A-Z]{3}$' }
                metadata: { type: object, additionalProperties: { type: string } }
      responses: { '200': { description: ok } }
  /files/{name}:
    parameters: [{ in: path, name: name, required: true, schema: { type: string } }]
    get: { operationId: readFile, responses: { '200': { description: ok } } }
    put:
      operationId: writeFile
      requestBody: { required: true, content: { application/octet-stream: {} } }
      responses: { '201': { description: made } }
  /events:
    get: { operationId: followEvents, responses: { '200': { description: ok } } }
  /behave:
    get:
      operationId: behave
      parameters: [{ in: query, name: how, required: true, schema: { type: string } }]
      responses: { '200': { description: ok } }
  /files/{name}.json:
    get: { operationId: readMixed, responses: { '200': { description: ok } } }
`;
