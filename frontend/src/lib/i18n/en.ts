import type { zh } from './zh'

/** What the screen itself says in English. */
export const en: typeof zh = {
  product: 'One Network, Four Maps',
  productLong: 'One Network, Four Maps',
  demo: 'Demonstration data, all invented',
  skip: { map: 'Skip to the map', rows: 'Skip to the list' },
  maps: {
    label: 'The four maps', all: 'All', risk: 'Risk map', material: 'Material map', force: 'Force map', command: 'Command map',
    short: { all: 'All', risk: 'Risk', material: 'Material', force: 'Forces', command: 'Command' },
  },
  overview: {
    due: '{n} to confirm', fresh: 'all confirmed', open: 'Show the {n} rows of {name}',
    none: 'none', byArea: 'By area', enter: 'Enter {name}',
  },
  scope: { trail: 'Where you are' },
  legend: { title: 'Legend and filters', hint: 'click to filter', clear: 'Clear filters', active: 'Filtered', more: 'More filters', fewer: 'Fewer', from: 'from', to: 'to', any: 'any', yes: 'yes', no: 'no', absent: '{n} more kinds without rows' },
  rows: {
    title: 'List', count: '{n} rows', none: 'No rows match', sort: 'Sort', sortName: 'Name', descending: '{name} (descending)',
    inView: 'In view only', loading: 'Loading…', failed: 'Could not be read', retry: 'Try again', layers: 'Layers', noPlace: 'no place', words: 'Search “{q}”',
  },
  exporting: {
    open: 'Export', title: 'Export the list', close: 'Close', cancel: 'Cancel', rows: '{n} rows, the same as in the list', format: 'Format', system: 'Coordinate system', fixed: 'This format is always in WGS 84.', encoding: 'Character encoding',
    hint: 'Without phone numbers and other sensitive details. A file that nobody edited changes nothing when imported; leave the column ID as it is.', download: 'Download', sensitive: 'With phone numbers and other sensitive details', sensitiveHint: 'The file holds personal phone numbers: keep it safe. This export is written down.', unchanged: 'A file that nobody edited changes nothing when imported; leave the column ID as it is.', running: 'Exporting…', done: '{n} rows exported: {name}',
  },
  card: {
    title: 'Details', close: 'Close', locate: 'Show on the map', copy: 'Copy link', copied: 'Copied', noPlace: 'No place recorded', confirmed: 'confirmed {age}', by: ' ({who})', neverConfirmed: 'never confirmed', due: 'not confirmed for over {days} days',
    updated: 'Updated {time}', version: 'version {n}', empty: 'not given', position: 'Position (WGS 84)', masked: 'hidden by permission', gone: 'This row is no longer there', goneHint: 'It may have been deleted, or is not in this database.', none: 'none', call: 'Call',
  },
  search: { label: 'Search', placeholder: 'Name, pinyin or initials', none: 'Nothing found for “{q}”', rows: 'Filter all by “{q}”', clear: 'Clear the search', areas: 'Areas' },
  tree: { title: 'Chain of command', contact: 'Contact above', expand: 'Expand', collapse: 'Collapse' },
  live: {
    live: 'Live', delayed: 'Delayed', lost: 'Connection lost', connecting: 'Connecting', asOf: 'data as of {time}', lostLong: 'Connection to the server is lost; data as of {time}. Reconnecting…', regained: 'Connected again, data is up to date',
  },
  measure: { title: 'Measure', distance: 'Measure distance', area: 'Measure area', stop: 'Stop measuring', hint: 'Click to add points, double-click or Enter to finish, Backspace to undo', total: 'Length', surface: 'Area', perimeter: 'Perimeter', points: '{n} points', clear: 'Clear' },
  map: {
    label: 'Map', zoomIn: 'Zoom in', zoomOut: 'Zoom out', home: 'Whole area', layers: 'Basemap and display', basemap: 'Basemap', lowPower: 'Low power', lowPowerHint: 'No relief shading and less detail, for old computers',
    noWebgl: 'This browser has no WebGL2, so the map cannot be shown.', noWebglHint: 'List, legend, details and search still work. Use a newer browser or switch on graphics acceleration.', contextLost: 'The graphics card was lost; restoring the map…', scale: 'Scale', print: 'Print', share: 'Copy a link to this page', tilesFailed: 'Some map data could not be read',
  },
  print: { title: 'Print preview', print: 'Print', asOf: 'Data as of {time}', filters: 'Filters', rows: 'Rows (first {n} of {total})', noFilter: 'none', map: 'Back to the map', confirmed: 'Confirmed', name: 'Name', page: 'For emergency command work only' },
  help: { title: 'Keyboard shortcuts', open: 'Shortcuts', close: 'Close', keys: { search: 'Search', maps: 'Switch maps', rows: 'Move in the list', open: 'Open details', close: 'Close details, or go up', measure: 'Measure distance / area', print: 'Print preview', home: 'Whole area', zoom: 'Zoom and move the map (when it has focus)', help: 'Show this page' }, on: 'Single-key shortcuts' },
  settings: { dark: 'Dark', light: 'Light', language: 'Language' },
  sheet: { open: 'Open the panel', close: 'Close the panel', overview: 'Overview', legend: 'Legend', rows: 'List', tree: 'Tree', due: 'Due' },
  first: {
    title: 'The database is empty', lead: 'There are no areas and no points yet. Run one of these commands on the server; this page updates by itself when data arrives.', demo: 'Look at the demonstration district first (invented, can be removed)', areas: 'Import your areas (GeoJSON or zipped Shapefile)', roads: 'Import roads, water and places (OpenStreetMap data)',
    layer: 'Import a ledger (GeoJSON, CSV, XLSX or Shapefile)', copy: 'Copy', layersTitle: 'Layers that can be imported', then: 'When all is imported, this page is your four maps.', noDistrict: 'There are {n} points but no areas. Import areas first to look at townships and villages.',
  },
  account: {
    title: 'My account', of: 'Account: {name}', name: 'Name', password: 'Password', signIn: 'Sign in', signOut: 'Sign out', everywhere: 'everywhere', demo: 'Demonstration accounts (one tap signs in)',
    noAdministrator: 'There is no administrator yet. Run on the server:', again: 'Your session has ended', againHint: 'Sign in again; nothing on this page is lost.', mustChange: 'An administrator set a temporary password for you. Change it first.',
    present: 'Present password', next: 'New password (at least 10 characters)', nextAgain: 'New password again', change: 'Change password', changed: 'The password is changed; other devices are signed out', differ: 'The two new passwords differ',
    refused: { no_account: 'No account belongs to this single sign-on identity: ask an administrator', account_disabled: 'The account is disabled: ask an administrator', oidc_unavailable: 'The single sign-on service cannot be reached', demo_elsewhere: 'Demonstration accounts work on the server itself only', other: 'Signing in failed: try again' },
  },
  people: {
    title: 'People', back: 'Back to the map', add: 'Add a person', name: 'Name', post: 'Post', phone: 'Phone', account: 'Account', oidc: 'Single sign-on name', rights: 'Rights', save: 'Save', cancel: 'Cancel',
    role: 'Role', area: 'Area (code; empty for everywhere)', give: 'Give', take: 'Take back “{right}”', disable: 'Disable', enable: 'Enable', disabled: 'disabled', reset: 'Reset password', remove: 'Remove', sure: 'Remove {name}? The history stays.',
    temporary: 'Temporary password (shown this once):', unknownArea: 'There is no area with the code {code}', sessions: 'Signed in on', none: 'nowhere', end: 'Sign out', all: 'everywhere', count: '{n} people', demo: 'demo', seen: 'last used {time}', password: '{name}:',
  },
  ui: { close: 'Close', cancel: 'Cancel', clear: 'Clear', choose: 'Choose…', nothing: 'Nothing found' },
  freshness: {
    title: 'Confirmation', fade: 'Fade by age', confirm: 'Confirm: still true', confirmNamed: 'Confirm that “{name}” is still true', done: 'Confirmed', doneNamed: 'Confirmed: {name}', changed: 'Somebody has just changed this row: look at it as it is now, then confirm', state: 'State', last: 'Last confirmed', period: 'Period', accuracy: 'Position accuracy', unknown: 'not recorded', days: '{n} days',
    age: { fresh: 'within period', soon: 'due soon', due: 'overdue', never: 'never confirmed', none: 'need not be confirmed' }, soonHint: 'due soon',
    due: 'Due', toConfirm: 'to confirm', way: '{length} in all', next: 'Next: {first}', afterNext: ', then {second}', fromHere: 'From my position', fromMap: 'From the map’s centre', noPosition: 'No position; the map’s centre is used instead', nothing: 'Nothing has to be confirmed', more: 'Only the nearest {n} are listed', share: 'Confirmed', shareHint: '{n} of {of} are within their period', counts: 'Counts', neverShort: 'never', byArea: 'Confirmed by area', all: 'All',
  },
  manage: {
    title: 'Settings', periods: 'Confirmation periods', periodsLead: 'A row that was not confirmed within its period is overdue. Kinds without a number go by the layer’s period; 0 means that nobody need confirm. Changes hold at once.', others: 'All other kinds', unit: 'days', saved: 'Saved', reset: 'Let “{kind}” go by the layer’s period', badDays: 'Must be a whole number, 0–{most}', periodHistory: 'Changes of periods', unchanged: 'Nothing was changed yet', asOthers: 'as the layer',
    exports: 'Files that were exported', noExports: 'No file was exported yet', allRows: 'all rows', sensitive: 'with sensitive details',
  },
  peopleHistory: {
    title: 'What was changed', none: 'Nothing is recorded', by: 'by {who}', was: ': ', more: 'Earlier', person: { insert: 'Person added', update: 'Person changed', delete: 'Person deleted' }, account: { insert: 'Account made', update: 'Account changed', delete: 'Account deleted' }, person_grant: { insert: 'Right given', update: 'Right changed', delete: 'Right taken back' },
    field: { name: 'Name', post: 'Post', phone: 'Phone', oidc_name: 'Single sign-on name', oidc_subject: 'Single sign-on identity', password_at: 'Password set anew', must_change: 'Has to change the password', disabled_at: 'Disabled', deleted_at: 'Removed', person_id: 'Person' },
  },
  files: {
    title: 'Photos and files', show: 'Show photo: {name}', none: 'No photos or files yet', hidden: '{n} more for those who may see sensitive details', camera: 'Take a photo', add: 'Add photos or files', dropHere: 'or drop them here', viewer: 'Photo', previous: 'Previous photo', next: 'Next photo', original: 'Download the original',
    taken: 'Taken {time}', addedAt: 'Added {time}', distance: 'Taken {m} from this row', unplaced: 'The photo does not say where it was taken', delete: 'Delete {name}', deleteTitle: 'Delete a file', deleteText: 'Delete “{name}”? It can be brought back for 30 days.', deleteAction: 'Delete', deleted: '“{name}” is deleted', undo: 'Undo',
    failed: 'It did not go through: check the network and try again', accept: 'It belongs here: add it', drop: 'Remove {name}',
  },
  noSuchPage: { title: 'There is no such page', hint: 'The address may be mistyped, or the page is gone.' },
  entry: {
    add: 'New', new: 'New · {layer}', edit: 'Edit · {name}', change: 'Edit', save: 'Save', saved: '“{name}” is saved', was: 'was: {value}', takeBack: 'Take back the change of “{name}”', correctArea: 'Correct the boundary of “{name}”',
    place: 'Place', shape: 'Shape', move: 'Move', onMap: 'Point at it on the map', centre: 'Take the map’s middle', typed: 'Coordinates', typedHelp: 'Decimal or degrees and minutes, in either order; can be pasted', which: 'Which is the longitude?', order: 'longitude {lng}, latitude {lat}', byName: 'Find by name or address', drawn: '{n} corners', notDrawn: 'nothing drawn yet',
    kind: { point: 'Point', line: 'Line', area: 'Area' },
    hint: { point: 'Click on the map or drag the mark; by keyboard: move the map when it has the focus, Enter takes its middle', line: 'Click point by point, click the last one again to end; then drag corners', area: 'Click around the boundary, back on the first corner to end; then drag corners, or middles to add one', move: 'The place stays. To change it press “Move” or edit the coordinates' },
    system: { WGS84: 'WGS 84', CGCS2000: 'CGCS2000', GCJ02: 'GCJ-02 (Amap, Tencent)', BD09: 'BD-09 (Baidu)' },
    coordinates: { empty: 'Coordinates are missing', form: 'These are no coordinates', two: 'A longitude and a latitude are needed', axis: 'Both are longitudes, or both latitudes', minutes: 'Minutes and seconds are below 60', range: 'No such longitude and latitude' },
    gps: { mine: 'My position', good: 'accurate to {n}', poor: 'Accurate to {n} m only, the limit is {limit} m: try again under the open sky, or point at the map', denied: 'The position may not be used', unavailable: 'This device cannot tell its position now', insecure: 'Browsers tell the position under https only: point at the map, or ask an administrator for https' },
    draw: { title: 'Drawing', undo: 'Undo', redo: 'Redo', remove: 'Remove the corner', finish: 'End drawing' },
    line: '{name}, line {n}', addLine: 'Add: {name}', removeLine: 'Remove line {n}', confirm: 'I have been there: this is true', confirmHelp: 'Counts as confirmed now',
    wrong: { missing: 'is required', number: 'must be a number', whole: 'must be a whole number', range: 'must be from {min} to {max}', long: 'has {n} characters, at most {max} are allowed', phone: 'has digits, + - ( ) and spaces, at least 3', place: 'A place is required' },
    wrongCount: '{n} things have to be corrected', network: 'The server cannot be reached; nothing here is lost. Press “Save” again later: nothing is doubled.', leaveTitle: 'Discard the changes?', leaveText: 'What you entered is not saved and will be lost.', discard: 'Discard',
    look: 'Look at this before it is saved', offer: { swap: 'Exchange the numbers', merge: 'Open “{name}” ({n} away)', mergeHint: 'If it is the same one, open the row that is there: what you entered comes along as a change.', change: 'Change the place, then save.', back: 'Back to the form', accept: 'Save anyway' },
    meanwhile: 'Somebody else has just changed this row', deletedMeanwhile: 'Somebody else has deleted this row', compare: 'Compare', bringBack: 'Bring back and save mine', bringBackText: 'The row can be brought back, with what you entered saved on it.',
    conflict: 'Two people changed this row', conflictText: 'Both of you changed these fields: choose for each. What only one of you changed is taken already.', noClash: 'You changed different things: they can be saved together.', allMine: 'All mine', allTheirs: 'All theirs', takenTitle: 'Taken already', chooseLeft: '{n} still to choose', goOn: 'Go on editing', saveMerged: 'Save',
    side: { mine: 'mine', theirs: 'theirs', both: 'both', before: 'before' },
    delete: 'Delete', deleteTitle: 'Delete “{name}”?', deleteText: 'It disappears from maps and lists. Its history stays, and “Recently deleted” brings it back at any time.', deleted: '“{name}” is deleted', undo: 'Undo', isBack: '“{name}” is back',
  },
  history: {
    title: 'History', restore: 'Restore this version', restored: 'Restored as in version {n}', restoreTitle: 'Go back to an earlier state?', restoreText: 'All fields become what they were in version {n} ({time}). That makes a new version; the present one stays in the history.', more: 'More', deleted: 'Recently deleted', noneDeleted: 'Nothing is deleted', bringBack: 'Bring back', back: '“{name}” is back',
    kind: { insert: 'Made', entry: 'Changed', confirm: 'Confirmed', delete: 'Deleted', undelete: 'Brought back', restore: 'Restored', import: 'Imported', other: 'By other means ({source})' }, line: { insert: 'added', update: 'changed', delete: 'removed' },
  },
  error: { network: 'The server cannot be reached', unavailable: 'The server is not available just now; trying again', retry: 'Try again' },
}
