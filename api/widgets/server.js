// What a server that renders pages gets instead of the elements, which are a browser's.
export {};
