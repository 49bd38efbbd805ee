module.exports = { preset: '../../jest.preset.js', displayName: 'agent-workbench-api' };
