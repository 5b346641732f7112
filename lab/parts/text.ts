/** What a lesson's text.md becomes when the lab is built. */

/** A choice of a quiz with what is right or wrong about it, as HTML. */
export interface Choice {
  readonly choice: string;
  readonly why: string;
  readonly right: boolean;
}

/** A question with its choices; one of them is right. */
export interface Question {
  readonly question: string;
  readonly choices: readonly Choice[];
}

/** A program of a lesson in one of three libraries. */
export interface CodeTab {
  readonly file: string;
  readonly label: string;
  readonly source: string;
  readonly html: string;
}

/** A lesson's text: HTML by slot. */
export interface LessonText {
  readonly title: string;
  readonly lead: string;
  readonly idea: string;
  readonly experiment: string;
  readonly equation: string;
  readonly code: string;
  readonly tabs: readonly CodeTab[];
  /** What each program prints. */
  readonly output: string;
  readonly exercise: string;
  readonly takeaways: string;
  readonly quiz: readonly Question[];
  readonly discussion: string;
  readonly sources: string;
  /** Further parts that the lesson's view places itself. */
  readonly more: Readonly<Record<string, string>>;
}
