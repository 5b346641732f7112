/** The page's script. */
import Page from "../../lessons/04-nitrogen/View.svelte";
import { startPage } from "../start.ts";

startPage(Page, "../../");
