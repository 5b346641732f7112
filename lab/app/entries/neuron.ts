/** The page's script. */
import Page from "../../lessons/01-neuron/View.svelte";
import { startPage } from "../start.ts";

startPage(Page, "../../");
