/** The page's script. */
import Page from "../../home/Home.svelte";
import { startPage } from "../start.ts";

startPage(Page, "./");
