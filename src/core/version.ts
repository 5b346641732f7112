/** The version of the package. */

/** The version that files and reports carry; a test keeps it equal to that of package.json. */
export const VERSION = "0.1.0";
