#include "words.h"

const struct product words_products[] = {
    {"AutoCAD", "ACD"},
    {"Revit", "RVT"},
    {"Inventor Professional", "INVPROSA"},
    {"Civil 3D", "CIV3D"},
    {"Navisworks Manage", "NAVMAN"},
    {"3ds Max", "3DSMAX"},
    {"Maya", "MAYA"},
    {"Fusion 360", "F36"},
    {"AutoCAD LT", "ACDLT"},
    {"AutoCAD Architecture", "ARCHDESK"},
    {"AutoCAD Electrical", "ACAD_E"},
    {"AutoCAD Mechanical", "AMECH_PP"},
    {"AutoCAD MEP", "BLDSYS"},
    {"AutoCAD Map 3D", "MAP"},
    {"AutoCAD Plant 3D", "PLNT3D"},
    {"AutoCAD Raster Design", "ARD"},
    {"Vault Professional", "VLTM"},
    {"Vault Office", "VLTEAD"},
    {"Moldflow Adviser Ultimate", "MFAA"},
    {"Moldflow Insight Ultimate", "MFIA"},
    {"Moldflow Synergy", "MFS"},
    {"Revit Live", "RVTLVE"},
    {"ReMake", "RMK"},
    {"ReCap Pro", "RECAP"},
    {"InfraWorks", "IW360P"},
    {"BIM Collaborate Pro", "COLLRP"},
    {"BIM 360 Docs", "BM36DP"},
    {"Advance Steel", "ADSTPR"},
    {"Robot Structural Analysis Professional", "RSAPRO"},
    {"Structural Bridge Design", "SBRDES"},
    {"Vehicle Tracking", "VTRK"},
    {"Point Layout", "PNTLAY"},
    {"Alias AutoStudio", "ALAUST"},
    {"VRED Professional", "VRDPRO"},
    {"Arnold", "ARNOL"},
    {"MotionBuilder", "MOBPRO"},
    {"Mudbox", "MBXPRO"},
    {"Netfabb Premium", "NETFA"},
    {"PowerMill Ultimate", "PWRMU"},
    {"CFD Ultimate", "SCFDM"},
};

const size_t words_product_count = sizeof words_products / sizeof words_products[0];

const char *const words_hard_users[] = {
    "jörg.müller",
    "田中 太郎",
    "zoë 🚀 hansen",
    "o'brien",
    "back\\slash",
    "tab\there",
    "\"quoted\" name",
    "comma, inc.",
    " blanks at ends ",
    "NULL",
    "\\N",
    "\\.",
    "renée.lefèvre",
    "Иван Петров",
    "محمد",
    "semi;colon",
    "per%cent",
    "<tag>&amp;",
    "rene\xcc\x81",
    "two\nlines",
    "straße",
    "x''y",
    "#hash@domain",
    "trailing\\",
};

const size_t words_hard_user_count = sizeof words_hard_users / sizeof words_hard_users[0];

const char *const words_first_names[] = {
    "anna",  "ben",  "clara", "david", "emma",  "felix", "grace", "hugo", "ines", "jonas", "karin", "lukas",
    "maria", "nils", "olga",  "pedro", "quinn", "rosa",  "sven",  "tara", "uwe",  "vera",  "wim",   "yara"};
const size_t words_first_name_count = sizeof words_first_names / sizeof words_first_names[0];

const char *const words_last_names[] = {
    "smith",  "schmidt", "garcia", "rossi", "novak",  "larsen", "dubois",   "kowalski", "jansen", "silva",
    "tanaka", "patel",   "nguyen", "brown", "keller", "moreau", "lindgren", "costa",    "weber"};
const size_t words_last_name_count = sizeof words_last_names / sizeof words_last_names[0];

const char *const words_custom[10][WORDS_CUSTOM_COUNT] = {
    {"Engineering", "Architecture", "Konstruktion & Bau", "R&D, \"Skunk\" Works", "建築", "IT", "Finance",
     "HR"},
    {"Berlin", "München", "San Francisco", "東京", "São Paulo", "Zürich", "Oslo", "Kraków"},
    {"1001", "1002", "0042", "7", "2000", "3000", "100000000000000000001", "-5"},
    {"A\\B", "C\tD", "E\nF", "G,H", "I\"J", "K'L", "M;N", "O|P"},
    {"EMEA", "AMER", "APAC", "emea", "amer", "apac", "LATAM", "ANZ"},
    {"true", "false", "yes", "no", "on", "off", "t", "f"},
    {"2024-01-01", "2024-02-30", "01/02/2024", "today", "never", "epoch", "infinity", "1e5"},
    {"α", "β", "γ", "δ", "😀", "👩‍💻", "e\xcc\x81", "ß"},
    {"Level 1", "Level 2", "Level 3", "level 1", "LEVEL 2", "Level  3", "Level-1", "Level_2"},
    {"Site North", "Site South", "Site East", "Site West", "HQ", "Plant 1", "Plant 2", "Field"},
};
