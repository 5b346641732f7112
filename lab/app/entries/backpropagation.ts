/** The page's script. */
import Page from "../../lessons/02-backpropagation/View.svelte";
import { startPage } from "../start.ts";

startPage(Page, "../../");
