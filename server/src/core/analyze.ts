// The whole pipeline: texts in, model and findings out. Read this first.
export {};
