/** The page's script. */
import Page from "../../lessons/03-training-loop/View.svelte";
import { startPage } from "../start.ts";

startPage(Page, "../../");
