/** Changes of divisions: the panel that drafts them and what a request says about them. */
import type { zhChanges } from './zh_changes'

export const enChanges: typeof zhChanges = {
  heading: '{name} · change', start: 'Change', kindLabel: 'Kind of change', draft: 'Draft the request', add: 'Add to the plan', refused: 'The change was not taken.',
  plan: 'Write into', newPlan: 'A new request', effective: 'Effective on', effectiveHint: 'Empty: the day of approval; it may lie in the future', type: 'Type', name: 'Name', address: 'Address of the seat',
  place: 'Pick the seat on the map', placeNone: 'no place picked', heir: '{name} goes to', overlaps: '{n} other open requests concern this place; look at them first:', sameLine: 'same line',
  whyArea: 'This division is not within your area.',
  kind: {
    merge: 'Absorb', transfer: 'Transfer', split: 'Split off', transfer_part: 'Transfer a part', convert: 'Convert', reclass: 'Reclass', establish: 'Merge into new',
    abolish: 'Abolish', move_seat: 'Move seat',
  },
  lead: {
    merge: 'Other divisions are absorbed: this one stays, they end, and their codes are never used again.', transfer: 'The whole division gets another parent; no line moves, codes are made anew.',
    split: 'Draw a line or a ring on the map: one piece becomes a new division.', transfer_part: 'Draw a line or a ring on the map: one piece goes to a neighbour.', convert: 'The division ends and a new one is set up on the same land (town to subdistrict, county to district).',
    reclass: 'Village to community or back: the division goes on, its code is made anew.', establish: 'The chosen divisions end and one new division is set up on all their land.', abolish: 'The division ends; say where each part goes.',
    move_seat: 'Record a new seat; only a move across a next-lower division is a move in law.',
  },
  others: { merge: 'Absorbed divisions', establish: 'Divisions that end' },
  to: { transfer: 'New parent', transfer_part: 'Goes to', abolish: 'The land goes to' },
  cut: {
    idle: 'Draw the new limit, then tap the piece you mean.', drawing: 'Tap point by point; double-tap or press “Done” to end. Both ends may lie outside.', inside: 'Tap the piece that you mean.',
    done: 'Set. Tap again to mean another piece.', line: 'Draw a line', ring: 'Draw a ring', undo: 'One point back', finish: 'Done', restart: 'Start again',
  },
  missing: {
    others: 'Choose divisions.', to: 'Choose where it goes.', cut: 'Draw on the map first.', name: 'Enter a name.', type: 'Choose a type.', place: 'Pick a place on the map.', heirs: 'Say where each lower division goes.',
  },
  title: {
    merge: '{b} absorbed by {a}', transfer: '{a} transferred to {to}', split: '{name} split off from {a}', transfer_part: 'Part of {a} to {to}', convert: '{a} becomes {name}',
    reclass: '{a} becomes a {type}', establish: '{a}, {b} merged into {name}', abolish: '{a} abolished', move_seat: 'Seat of {a}',
  },
  codes: 'Codes', codesLead: 'Proposed by the rules; check them. Confirmed codes become part of the request.', confirmCodes: 'Confirm the codes', codesConfirmed: 'The codes are part of the request now.', codeBefore: 'Before', codeAfter: 'After', codeProposed: 'proposed', codeOk: 'confirmed', codeMissing: 'to be entered',
  operations: 'Operations', undoLast: 'Undo the last one', undone: 'The last operation was taken back.', operation: {
    reshape: 'Reshape a line', move_node: 'Move a node', insert_vertex: 'Insert a vertex', move_vertex: 'Move a vertex', delete_vertex: 'Delete a vertex', rename: 'Rename', recode: 'Confirm codes', merge: 'Merge', transfer: 'Transfer', split: 'Split', transfer_part: 'Transfer a part',
    convert: 'Convert', reclass: 'Reclass', establish: 'Establish', abolish: 'Abolish', move_seat: 'Seat', set_line: 'Line attributes', found_line: 'Name a line', put_marker: 'Place a marker', move_marker: 'Move a marker', remove_marker: 'Remove a marker', set_tripoint: 'Tripoint',
  },
  founded: 'Established', ended: 'Abolished', lineage: 'What becomes what', whole: 'whole', part: 'part', people: '{n} people',
}
