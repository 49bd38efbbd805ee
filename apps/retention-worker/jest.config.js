module.exports = { preset: '../../jest.preset.js', displayName: 'retention-worker' };
