/** Vite plugins of the lab: lessons from Markdown, and pages in development. */
import type { Plugin } from "vite";
import type { PageModule } from "../app/render.ts";
import { readLesson } from "./markdown.ts";

/** Makes `text.md` a module that exports the lesson's text as data. */
export function lessonText(): Plugin {
  return {
    name: "lab-lesson-text",
    load(id) {
      if (!id.endsWith("/text.md")) return null;
      this.addWatchFile(id);
      return `export const text = ${JSON.stringify(readLesson(id))};`;
    },
  };
}

/** Serves the pages in development, rendered as the build renders them. */
export function devPages(): Plugin {
  return {
    name: "lab-dev-pages",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost");
        const { PAGES, renderPage } = (await server.ssrLoadModule(
          "/app/render.ts",
        )) as unknown as PageModule;
        const page = PAGES.find(({ path }) => `/${path}` === pathname);
        if (page === undefined) return next();
        const html = await renderPage(page, {
          up: "../".repeat(page.path.split("/").length - 1),
          script: "/app/start.ts",
          head: `<script type="module" src="/@vite/client"></script>`,
          secure: false,
        });
        response.setHeader("content-type", "text/html; charset=utf-8").end(html);
      });
    },
  };
}
