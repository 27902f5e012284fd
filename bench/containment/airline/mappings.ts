// What the airline's own MCP server says its calls are about: part of its tool definitions, which a person confirms.

/** The day and the time at which the data stands still: the written policy names them as the current time. */
const TODAY = '2024-05-15';
const A_DAY_AGO = '2024-05-14T15:00:00';

const given = 'params.arguments';
const here = `remembered.reservation[${given}.reservation_id]`;
const customer = `remembered.customer[${given}.user_id]`;
const owner = `remembered.customer[?${here}.user_id]`;
const statusOf = "remembered.status[?f.flight_number + ' ' + f.date].orValue('unknown')";
const flightOf = (at: string) => `remembered.flight[?${given}.flights[${at}].flight_number]`;

const agent = '$token.agent';
const bags = { total: `$${given}.total_baggages`, paid: `$${given}.nonfree_baggages` };
const startingWith = (kind: string) =>
  `$size(${given}.payment_methods.filter(p, p.payment_id.startsWith('${kind}')))`;

const reservation = {
  type: 'reservation',
  id: `$${given}.reservation_id`,
  properties: {
    cabin: `$${here}.cabin`,
    flightType: `$${here}.flight_type`,
    origin: `$${here}.origin`,
    destination: `$${here}.destination`,
    flights: `$${here}.flights.map(f, f.flight_number)`,
    flightDates: `$${here}.flights.map(f, f.date)`,
    passengers: `$size(${here}.passengers)`,
    bags: `$${here}.total_baggages`,
    insured: `$${here}.insurance == 'yes'`,
    bookedWithinADay: `$${here}.created_at >= '${A_DAY_AGO}'`,
    flown: `$${here}.flights.exists(f, f.date < '${TODAY}')`,
    statuses: `$${here}.flights.map(f, ${statusOf})`,
    statusesToday: `$${here}.flights.filter(f, f.date == '${TODAY}').map(f, ${statusOf})`,
    membership: `$${owner}.?membership`,
    paymentMethods: `$${owner}.hasValue() ? ${owner}.value().payment_methods.map(id, id) : []`,
  },
};

const person = {
  type: 'customer',
  id: `$${given}.user_id`,
  properties: {
    membership: `$${customer}.membership`,
    paymentMethods: `$${customer}.payment_methods.map(id, id)`,
  },
};

/** By tool: the `x-authzen-mapping` of its input schema. */
export const mappings: Readonly<Record<string, object>> = {
  book_reservation: {
    evaluation: {
      action: { name: 'book' },
      resource: person,
      context: {
        agent,
        bags,
        cabin: `$${given}.cabin`,
        passengers: `$size(${given}.passengers)`,
        payments: `$${given}.payment_methods.map(p, p.payment_id)`,
        certificates: startingWith('certificate'),
        cards: startingWith('credit_card'),
        giftCards: startingWith('gift_card'),
      },
    },
  },
  cancel_reservation: {
    evaluation: { action: { name: 'cancel' }, resource: reservation, context: { agent } },
  },
  update_reservation_flights: {
    evaluation: {
      action: { name: 'change_flights' },
      resource: reservation,
      context: {
        agent,
        cabin: `$${given}.cabin`,
        flights: `$${given}.flights.map(f, f.flight_number)`,
        flightDates: `$${given}.flights.map(f, f.date)`,
        payment: `$${given}.payment_id`,
        byCertificate: `$${given}.payment_id.startsWith('certificate')`,
        origin: `$${flightOf('0')}.?origin`,
        end: `$${flightOf(`size(${given}.flights) - 1`)}.?destination`,
        stops: `$${given}.flights.map(f, remembered.flight[?f.flight_number].?destination.orValue('unknown'))`,
      },
    },
  },
  update_reservation_baggages: {
    evaluation: {
      action: { name: 'change_bags' },
      resource: reservation,
      context: { agent, bags, payment: `$${given}.payment_id` },
    },
  },
  update_reservation_passengers: {
    evaluation: {
      action: { name: 'change_passengers' },
      resource: reservation,
      context: { agent, passengers: `$size(${given}.passengers)` },
    },
  },
  send_certificate: {
    evaluation: {
      action: { name: 'compensate' },
      resource: person,
      context: {
        agent,
        amount: `$${given}.amount`,
        parties: '$remembered.reservation.map(id, size(remembered.reservation[id].passengers))',
        anyInsured: "$remembered.reservation.exists(id, remembered.reservation[id].insurance == 'yes')",
        anyBusiness: "$remembered.reservation.exists(id, remembered.reservation[id].cabin == 'business')",
      },
    },
  },
};

const told = [
  'get_reservation_details',
  'book_reservation',
  'cancel_reservation',
  'update_reservation_flights',
  'update_reservation_baggages',
  'update_reservation_passengers',
];

/** What the gateway remembers for the task, as an administrator puts it into the upstream's settings. */
export const remember = {
  reservation: { key: ['/reservation_id'], from: Object.fromEntries(told.map((tool) => [tool, ''])) },
  customer: { key: ['/user_id'], from: { get_user_details: '' } },
  flight: {
    key: ['/flight_number'],
    from: {
      search_direct_flight: '/-',
      search_onestop_flight: '/-/-',
      ...Object.fromEntries(told.map((tool) => [tool, '/flights/-'])),
    },
  },
  status: { key: ['/flight_number', '/date'], from: { get_flight_status: '' } },
};
