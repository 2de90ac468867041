/** English, in the shape of the Chinese messages. */
import { enChanges } from './en_changes'
import type { Messages } from './zh'

export const en: Messages = {
  app: { name: 'Quming', tagline: 'Register of divisions, names and boundaries', title: 'Quming 区名' },
  common: {
    close: 'Close', cancel: 'Cancel', confirm: 'OK', save: 'Save', back: 'Back', retry: 'Try again', loading: 'Loading…',
    none: 'None', more: 'More', unexpected: 'Something unexpected happened on this page. Reload and try again.', yes: 'Yes', no: 'No', copy: 'Copy',
    copied: 'Copied', reason: 'Reason', unknown: 'Unknown', mu: 'mu', optionalLabel: '{label} (optional)', showMore: 'Load more',
  },
  nav: { map: 'Map', requests: 'Requests', releases: 'Releases', imports: 'Import', account: 'Account', signIn: 'Sign in', signOut: 'Sign out', language: '中文', main: 'Main' },
  role: {
    surveyor: 'Surveyor', clerk: 'Town clerk', reviewer: 'Reviewer', approver: 'Approver', publisher: 'Publisher',
    administrator: 'Administrator', everywhere: 'Whole district',
  },
  signin: {
    heading: 'Sign in', login: 'Login', password: 'Password', submit: 'Sign in', empty: 'Enter a login and a password.',
    lead: 'Editing lines, handling requests and publishing need an account; looking at the published map does not.', browse: 'Just look at the published map',
    pitch1: 'A line is stored once: both sides change together', pitch2: 'Compared first, then approved, with areas before and after', pitch3: 'Every release can be traced, verified and downloaded',
  },
  level: { 1: 'Province', 2: 'City', 3: 'County', 4: 'Town', 5: 'Village' },
  lineLevel: { 1: 'Province line', 2: 'City line', 3: 'District line', 4: 'Town line', 5: 'Village line' },
  type: {
    province: 'Province', city: 'Prefecture city', district: 'District', county: 'County', county_level_city: 'County-level city', town: 'Town', township: 'Township',
    subdistrict: 'Subdistrict', village: 'Village', community: 'Community',
  },
  map: {
    label: 'Map of divisions', release: 'Released', working: 'Working', source: 'Map content', workingNeedsSignIn: 'The working state is for staff. Please sign in.',
    layers: 'Layers', zoomIn: 'Zoom in', zoomOut: 'Zoom out', whole: 'Whole district', noRelease: 'Nothing has been released yet. Sign in to see the working state.',
    noReleaseStaff: 'Nothing has been released yet; this is the working state.',
    releaseNo: 'Release {version}', asOf: 'as of {date}', note: 'Lines on the map have no legal force', invented: 'Lines are illustrative and have no legal force', empty: 'The register holds nothing yet: the administrator imports first.', expand: 'Open the panel', collapse: 'Close the panel',
    layer: { towns: 'Town colours', villages: 'Villages', lines: 'Boundary lines', labels: 'Labels', names: 'Place names' },
    legend: { 3: 'District line', 4: 'Town line', 5: 'Village line' },
  },
  search: {
    placeholder: 'Name or code', clear: 'Clear', results: 'Results', empty: 'Nothing found for “{q}”. Try one or two characters of the name, or the first digits of a code.',
    match: { exact: 'exact', prefix: 'prefix', contained: 'contains', code: 'code' }, historical: 'abolished', placeName: 'place name',
  },
  card: {
    code: 'Code', noCode: 'not published', type: 'Type', level: 'Level', parent: 'Belongs to', pinyin: 'Pinyin', area: 'Measured area (ellipsoid)', since: 'In force since',
    until: 'Until', history: 'History', noHistory: 'No change is registered.', predecessors: 'Came from', successors: 'Became', exact: 'whole', part: 'part',
    rename: 'Rename', children: 'Contains', zoom: 'Show on the map', external: 'A neighbour, outside this register', notFound: 'The register has no such division.', kilo: 'km²',
    approved: 'Approved', document: 'Document', authority: 'Authority', effective: 'from {date}', initial: 'First load',
  },
  event: {
    found: 'Founded', merge: 'Merged', split: 'Split', transfer: 'Transferred', rename: 'Renamed', recode: 'Recoded', reparent: 'New parent',
    reclass: 'New type', seat: 'Seat moved', boundary: 'Boundary changed', correct: 'Corrected', abolish: 'Abolished', load: 'First load', edition: 'Edition load',
  },
  change: { name: 'Name', code: 'Code', type: 'Type', parent: 'Parent', shape: 'Boundary', state: 'State' },
  edit: {
    start: 'Edit lines', heading: 'Edit shared lines', done: 'Leave editing', whySignIn: 'Editing lines needs an account.', whyRole: 'Your account is neither surveyor nor clerk and cannot draft boundary changes.',
    whyArea: 'This division is outside your area of responsibility.', whyZoom: 'The view is too wide. Zoom in to a town first.', loading: 'Loading the lines in view…', loadHere: 'Load this view', level: 'Level of lines',
    pick: 'Pick a line on the map, or here:', lines: 'Lines that can be edited', noLines: 'No line can be edited here. Move the map and load again.',
    outside: 'outside', outerWhy: 'The district line concerns the neighbouring county and needs its own approval; it cannot be changed here.', chosen: 'Editing', another: 'Pick another', between: '{a} — {b}',
    mode: 'Tool', move: 'Move', place: 'Place', placeHere: 'Place here', hintPlace: 'Tap a vertex, then move the map until the cross is where it should be.', north: 'Nudge north', south: 'Nudge south', west: 'Nudge west', east: 'Nudge east', insert: 'Add point', delete: 'Delete point', undo: 'Undo', redo: 'Redo', nothingToUndo: 'There is nothing to undo.', nothingToRedo: 'There is nothing to redo.',
    hintMove: 'Drag a round handle to move a vertex; drag a square one to move a node with all its lines.', hintInsert: 'Press on the line to add a vertex; keep pressing to drag it.', hintDelete: 'Press a round handle to delete it. Square ones are nodes and stay.',
    areas: 'Change of area', noChange: 'Nothing has changed yet. Drag a vertex and each side’s gain or loss appears here.', balance: 'gains equal losses', count: '{n} changes', live: 'not yet dropped',
    toRequest: 'Write the request', leave: 'Some changes are not saved. Discard them?', leaveTitle: 'Discard changes', leaveOk: 'Discard', keep: 'Keep editing', refused: 'This cannot be done',
    tooLarge: 'More than 3,000 arcs are in view. Zoom in and load again.', stale: '{n} changes of the draft no longer fit the register and were not loaded.',
  },
  fault: {
    arc_gone: 'This line is gone. Load again.', arc_changed: 'The line between {names} has changed meanwhile. Load again.', node_gone: 'This node is gone. Load again.',
    bad_vertex_range: 'The change lies beyond the line.', node_kept: 'A node belongs to several lines: it can be moved, not deleted.',
    subgraph_incomplete: 'Not all lines of {names} are loaded. Load this view first.', arc_degenerate: 'The line between {names} would shrink to nothing.',
    arc_crosses_itself: 'The line between {names} crosses itself.', arc_crosses: 'The line meets another line (of {names}); lines may only join at nodes.',
    dangling_end: 'The line breaks off here.', enclave_swallowed: 'The line was swung over {names}.', face_invalid: '{names} would be turned inside out.',
    face_vanished: '{names} would vanish.', outer_changed: 'This would change the district line, which needs its own approval.',
  },
  draft: {
    heading: 'Draft a request', title: 'Title', titleHint: 'For example: correct the line between A and B', reason: 'Reason and basis', reasonHint: 'Documents, survey on the ground', defaultTitle: 'Correct the line between {a} and {b}',
    save: 'Save draft', check: 'Check', submit: 'Submit', saved: 'The draft is saved.', submitted: 'Submitted; waiting for a decision.', checks: 'Checks', allGood: 'All checks passed.',
    needTitle: 'Give a title.', needReason: 'Give a reason.', needChange: 'Nothing has changed yet.', fix: '{n} errors must be corrected before submitting.', place: 'Show on the map', backToEdit: 'Back to editing',
    confirm: 'After submitting it cannot be changed; the approver decides.', confirmTitle: 'Submit', conflicts: '{n} conflicts with the register',
  },
  severity: { error: 'Error', warning: 'Warning', information: 'Note' },
  rename: {
    heading: 'Rename', current: 'Present name', name: 'New name', romanization: 'Pinyin', romanizationHint: 'Left empty, the standard reading is used', reason: 'Reason and basis', submit: 'Draft the request',
    same: 'The new name equals the present one.', empty: 'Enter the new name.', defaultTitle: 'Rename {a} to {b}',
  },
  changes: enChanges,
  requests: {
    heading: 'Change requests', all: 'All', mine: 'Mine', decide: 'For me to decide', empty: 'No request matches.', emptyLead: 'Choose “Edit lines” on the map to draft a boundary correction.',
    number: 'Number', by: 'by {name}', updated: 'updated {time}', state: 'State', anyState: 'Any state', whichever: 'Which',
  },
  state: {
    draft: 'Draft', submitted: 'Submitted', approved: 'Approved', in_force: 'In force', returned: 'Returned', rejected: 'Rejected', withdrawn: 'Withdrawn',
  },
  request: {
    kind: { boundary_correction: 'Boundary correction', boundary_change: 'Boundary change', division_change: 'Division change' }, effective: 'Effective on', onApproval: 'day of approval', number: 'Request {number}', by: 'Drafted by', created: 'Drafted', touched: 'Divisions', reason: 'Reason and basis', documentNo: 'Document no.',
    preview: 'Before and after', before: 'Before', after: 'After', swipe: 'Swipe', view: 'Show', pieces: 'Pieces that change hands', piece: '{from} → {to}', areas: 'Areas', unit: 'Division', areaBefore: 'Before', areaAfter: 'After',
    gained: 'Gained', lost: 'Lost', change: 'Net', sum: 'Sum', ellipsoidal: 'Areas on the CGCS2000 ellipsoid: m² above, mu below', names: 'Names', log: 'Log', checks: 'Checks', conflict: 'Conflict with the register',
    conflictLine: { base: 'the line when drafted', theirs: 'the line as registered now', mine: 'the line this request wants' }, conflictLead: 'The register has changed since. The author must redo the change on the newest lines.', noShape: 'This request changes no line.', edit: 'Continue editing', decidedBy: 'Decided by', hash: 'Content hash',
    submit: 'Submit', approve: 'Approve', return: 'Return', reject: 'Reject', withdraw: 'Withdraw', whyNot: 'Not possible in this state or with your roles.', whyOwn: 'Nobody decides on their own request.',
    confirmSubmit: 'After submitting the content is frozen and the approver decides.', confirmApprove: 'It takes effect at once: both sides change together, and register and audit are written.', confirmReturn: 'The author may change it and submit again.', confirmReject: 'This ends the request for good.',
    confirmWithdraw: 'This ends the request for good.', needReason: 'Give a reason.', needDocument: 'Enter the number of the approval document.', confirmApproveOn: 'Once approved it takes effect on {date}, and is written to the register and the audit log.', done: { submit: 'Submitted.', approve: 'Approved and in force.', return: 'Returned.', reject: 'Rejected.', withdraw: 'Withdrawn.' },
    swipeHandle: 'Drag the divider to compare', legend: 'Legend', swipeBefore: '← Before', swipeAfter: 'After →', nothing: 'This request changes nothing yet.', noPicture: 'The register has moved on since; see the map for what is in force.',
  },
  log: {
    create: 'Drafted', created: 'Drafted', edit: 'Edited', operations: 'Edited', submit: 'Submitted', return: 'Returned', approve: 'Approved', apply: 'Took effect', reject: 'Rejected', withdraw: 'Withdrawn',
  },
  releases: {
    heading: 'Releases', build: 'Build a release', note: 'Note', noteHint: 'The main changes', whyRole: 'Only the publisher builds releases.', whySignIn: 'Building a release needs an account.', building: 'Making tiles and packages…',
    built: 'The release is out.', failed: 'The release failed: {message}', list: 'All releases', version: 'Release {version}', asOf: 'Register as of', published: 'Published', hash: 'Content hash', latest: 'latest', empty: 'Nothing has been released yet.',
    changes: 'Changes', noChanges: 'No change in the register.', layers: 'Layers', artifacts: 'Files', name: 'File', size: 'Size', sha: 'SHA-256', share: 'Share page', shareLead: 'A read-only map page for anyone', download: 'Download', audience: { public: 'public', department: 'department', internal: 'internal' },
    shapefile: 'Download a shapefile', shapefileLead: 'CGCS2000 (EPSG:4490), with a codebook of the fields.', layer: { districts: 'Districts', towns: 'Towns', villages: 'Villages', boundary_lines: 'Boundary lines', place_names: 'Place names', labels: 'Label points' },
    utf8: 'UTF-8', gbk: 'GBK', preparing: 'Exporting…', ready: 'The file is ready; the download has begun.', readyWithLosses: 'The file is ready; {n} texts do not fit GBK, see the side file in the package.', exportFailed: 'The export failed: {message}', confirmBuild: 'A new immutable release is made of today’s register, and the public layers follow it.', buildTitle: 'Build a release', whichLayer: 'Layer', tiles: 'Tiles',
    gbkHint: 'GBK for older software; characters it cannot hold are listed in a side file.', exportNeedsSignIn: 'Downloading a shapefile needs an account.',
  },
  imports: {
    heading: 'Import', lead: 'Upload a complete coverage (zipped shapefiles), look at what was understood, then confirm.', choose: 'Choose files (.zip, or the parts of a shapefile)', door: 'Kind', first_load: 'First load', edition: 'Edition load',
    upload: 'Upload and check', files: '{n} files chosen', preview: 'What was understood', rows: 'Rows', crs: 'CRS', encoding: 'Encoding', level: 'Level', fields: 'Fields', arcs: 'Arcs', faults: 'Problems', noFaults: 'No problem found.', confirm: 'Confirm', validFrom: 'Valid from', source: 'Source', documentNo: 'Document no.',
    sign: 'Sign as second person', whyRole: 'Only the administrator imports.', cannot: 'Problems or open assumptions remain; it cannot be confirmed.', needSource: 'Give the date and the source.', confirmed: 'Confirmed; waiting for the second signature.', signed: 'Signed and stored.', signConfirm: 'Signing writes everything into the register; it cannot be undone.', moreFaults: '{n} more', needFiles: 'Choose files first.', unknownCrs: 'not recognised', signHint: 'Somebody other than the one who confirmed checks and signs.',
    assumptions: 'Assumptions', accept: 'Confirm', rechecked: 'Checked again with your confirmation.',
    field: { code: 'code', name: 'name', parent_code: 'parent code', parent_name: 'parent name', level: 'level', type: 'type', pinyin: 'pinyin' },
    states: { uploaded: 'uploaded', checked: 'to confirm', refused: 'refused', confirmed: 'to sign', applied: 'stored', cancelled: 'cancelled' },
  },
  notFound: { heading: 'No such page', lead: 'The address may be wrong, or the page has moved.', home: 'To the map' },
}
