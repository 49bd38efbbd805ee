module.exports = { preset: '../../jest.preset.js', displayName: 'ai-chatbot' };
