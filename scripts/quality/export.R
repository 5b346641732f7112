# Writes public tables from Debian's R packages into a folder, one CSV file each, the target last.
# Rscript scripts/quality/export.R FOLDER   (r-cran-mass, -modeldata, -mlbench, -cardata, -ggplot2)
out <- commandArgs(trailingOnly = TRUE)[1]
dir.create(out, showWarnings = FALSE, recursive = TRUE)

# Rows with gaps are left out and large tables cut to `most` rows, the same ones each time.
keep <- function(name, table, target, drop = NULL, most = 2000) {
  table <- as.data.frame(table)
  table <- table[, setdiff(names(table), drop)]
  table <- table[, c(setdiff(names(table), target), target)]
  table <- table[complete.cases(table), ]
  set.seed(1)
  if (nrow(table) > most) table <- table[sort(sample(nrow(table), most)), ]
  for (j in names(table)) {
    column <- table[[j]]
    if (is.logical(column) || is.ordered(column)) column <- as.character(column)
    if (is.factor(column) || is.character(column)) column <- paste0("_", column)
    table[[j]] <- column
  }
  several <- vapply(table, function(column) length(unique(column)) > 1, TRUE)
  write.csv(table[, several], file.path(out, paste0(name, ".csv")), row.names = FALSE)
}
from <- function(package, name) {
  there <- new.env()
  data(list = name, package = package, envir = there)
  get(name, envir = there)
}
tables <- list(
  # numbers
  list("cars", from("MASS", "Cars93"), "MPG.city", c("MPG.highway", "Make", "Model", "Manufacturer")),
  list("boston", from("MASS", "Boston"), "medv"),
  list("uscrime", from("MASS", "UScrime"), "y"),
  list("cpus", from("MASS", "cpus"), "perf", c("name", "estperf")),
  list("quine", from("MASS", "quine"), "Days"),
  list("nlschools", from("MASS", "nlschools"), "lang", "class"),
  list("concrete", from("modeldata", "concrete"), "compressive_strength"),
  list("sacramento", from("modeldata", "Sacramento"), "price", c("zip", "city")),
  list("biomass", from("modeldata", "biomass"), "HHV", c("sample", "dataset")),
  list("carprices", from("modeldata", "car_prices"), "Price"),
  list("ozone", from("mlbench", "Ozone"), "V4", c("V1", "V2", "V3")),
  list("servo", from("mlbench", "Servo"), "Class"),
  list("prestige", from("carData", "Prestige"), "prestige"),
  list("salaries", from("carData", "Salaries"), "salary"),
  list("slid", from("carData", "SLID"), "wages"),
  list("mpg", from("ggplot2", "mpg"), "hwy", c("cty", "model")),
  list("diamonds", from("ggplot2", "diamonds"), "price"),
  list("midwest", from("ggplot2", "midwest"), "percbelowpoverty",
       c("PID", "county", "percchildbelowpovert", "percadultpoverty", "percelderlypoverty",
         "percpovertyknown", "poppovertyknown", "category")),
  # classes
  list("iris", datasets::iris, "Species"),
  list("penguins", from("modeldata", "penguins"), "species"),
  list("pima", rbind(from("MASS", "Pima.tr"), from("MASS", "Pima.te")), "type"),
  list("crabs", from("MASS", "crabs"), "sp", "index"),
  list("birthwt", from("MASS", "birthwt"), "low", "bwt"),
  list("fgl", from("MASS", "fgl"), "type"),
  list("attrition", from("modeldata", "attrition"), "Attrition"),
  list("churn", from("modeldata", "mlc_churn"), "churn", "area_code"),
  list("cells", from("modeldata", "cells"), "class", "case"),
  list("hpc", from("modeldata", "hpc_data"), "class"),
  list("credit", from("modeldata", "credit_data"), "Status"),
  list("twoclass", from("modeldata", "two_class_dat"), "Class"),
  list("sonar", from("mlbench", "Sonar"), "Class"),
  list("vehicle", from("mlbench", "Vehicle"), "Class"),
  list("vowel", from("mlbench", "Vowel"), "Class"),
  list("ionosphere", from("mlbench", "Ionosphere"), "Class"),
  list("titanic", from("carData", "TitanicSurvival"), "survived"),
  list("mroz", from("carData", "Mroz"), "lfp", "lwg")
)
for (table in tables) {
  target <- table[[3]]
  values <- table[[2]]
  if (table[[1]] == "birthwt") {
    values$low <- ifelse(values$low == 1, "low", "normal")
    values$race <- factor(values$race)
  }
  drop <- if (length(table) > 3) table[[4]] else NULL
  keep(table[[1]], values, target, drop)
}
meats <- from("modeldata", "meats")
keep("meats", meats, "fat", c("water", "protein"))
