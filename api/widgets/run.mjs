const tell = (value) => console.log(JSON.stringify(value));
import { ENGLISH } from "./texts.js"; import { FAILED } from "./failed.js"; tell({ ENGLISH, FAILED });