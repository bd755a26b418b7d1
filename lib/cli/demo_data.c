#include "cli/demo_data.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define PLACES(name, list)      \
    {                           \
        name, list, COUNT(list) \
    }

static const struct demo_city austria[] = {
    {"Wien", "VIE"}, {"Graz", "GRZ"}, {"Linz", "LNZ"}, {"Salzburg", "SZG"}, {"Innsbruck", "INN"}};
static const struct demo_city france[] = {{"Paris", "PAR"},    {"Lyon", "LYS"},       {"Marseille", "MRS"},
                                          {"Toulouse", "TLS"}, {"Lille", "LIL"},      {"Nantes", "NTE"},
                                          {"Bordeaux", "BOD"}, {"Strasbourg", "SXB"}, {"Orléans", "ORE"}};
static const struct demo_city germany[] = {
    {"Bremen", "BRE"},   {"Hamburg", "HAM"},           {"Berlin", "BER"},    {"München", "MUC"},
    {"Köln", "CGN"},     {"Frankfurt am Main", "FRA"}, {"Stuttgart", "STR"}, {"Leipzig", "LEJ"},
    {"Augsburg", "AGB"}, {"Nürnberg", "NUE"},          {"Hannover", "HAJ"},  {"Dortmund", "DTM"}};
static const struct demo_city italy[] = {{"Milano", "MIL"},  {"Roma", "ROM"},   {"Torino", "TRN"},
                                         {"Bologna", "BLQ"}, {"Napoli", "NAP"}, {"Verona", "VRN"}};
static const struct demo_city netherlands[] = {{"Amsterdam", "AMS"}, {"Rotterdam", "RTM"},
                                               {"Utrecht", "UTC"},   {"Eindhoven", "EIN"},
                                               {"Den Haag", "HAG"},  {"Groningen", "GRQ"}};
static const struct demo_city poland[] = {{"Warszawa", "WAW"}, {"Kraków", "KRK"}, {"Wrocław", "WRO"},
                                          {"Poznań", "POZ"},   {"Gdańsk", "GDN"}, {"Łódź", "LCJ"}};
static const struct demo_city spain[] = {{"Madrid", "MAD"},  {"Barcelona", "BCN"}, {"Valencia", "VLC"},
                                         {"Sevilla", "SVQ"}, {"Bilbao", "BIO"},    {"Zaragoza", "ZAZ"}};
static const struct demo_city sweden[] = {
    {"Stockholm", "STO"}, {"Göteborg", "GOT"}, {"Malmö", "MMA"}, {"Uppsala", "UPP"}, {"Linköping", "LPI"}};
static const struct demo_city switzerland[] = {
    {"Zürich", "ZRH"}, {"Genève", "GVA"}, {"Basel", "BSL"}, {"Bern", "BRN"}, {"Lausanne", "LSN"}};
static const struct demo_city united_kingdom[] = {
    {"London", "LON"},  {"Manchester", "MAN"}, {"Birmingham", "BHX"}, {"Leeds", "LBA"},
    {"Reading", "RDG"}, {"Glasgow", "GLA"},    {"Bristol", "BRS"},    {"Edinburgh", "EDI"},
    {"Cardiff", "CWL"}, {"Newcastle", "NCL"}};

static const struct demo_city brazil[] = {{"São Paulo", "SAO"},
                                          {"Rio de Janeiro", "RIO"},
                                          {"Curitiba", "CWB"},
                                          {"Recife", "REC"},
                                          {"Brasília", "BSB"}};
static const struct demo_city canada[] = {{"Toronto", "YTO"}, {"Montréal", "YMQ"}, {"Vancouver", "YVR"},
                                          {"Calgary", "YYC"}, {"Ottawa", "YOW"},   {"Québec", "YQB"}};
static const struct demo_city mexico[] = {
    {"Ciudad de México", "MEX"}, {"Monterrey", "MTY"}, {"Guadalajara", "GDL"}, {"Querétaro", "QRO"}};
static const struct demo_city united_states[] = {
    {"New York", "NYC"},        {"Chicago", "CHI"},     {"Dallas", "DFW"},  {"Atlanta", "ATL"},
    {"Denver", "DEN"},          {"Seattle", "SEA"},     {"Boston", "BOS"},  {"San Francisco", "SFO"},
    {"Fort Lauderdale", "FLL"}, {"Minneapolis", "MSP"}, {"Phoenix", "PHX"}, {"Charlotte", "CLT"}};

static const struct demo_city australia[] = {
    {"Sydney", "SYD"}, {"Melbourne", "MEL"}, {"Brisbane", "BNE"}, {"Perth", "PER"}, {"Adelaide", "ADL"}};
static const struct demo_city india[] = {{"Mumbai", "BOM"},  {"Bengaluru", "BLR"}, {"Hyderabad", "HYD"},
                                         {"Chennai", "MAA"}, {"Pune", "PNQ"},      {"Delhi", "DEL"}};
static const struct demo_city japan[] = {
    {"東京", "TYO"}, {"大阪", "OSA"}, {"名古屋", "NGO"}, {"福岡", "FUK"}, {"札幌", "SPK"}};
static const struct demo_city korea[] = {{"서울", "SEL"}, {"부산", "PUS"}, {"인천", "ICN"}, {"대구", "TAE"}};

static const struct demo_country emea[] = {
    PLACES("Germany", germany),
    PLACES("United Kingdom", united_kingdom),
    PLACES("France", france),
    PLACES("Netherlands", netherlands),
    PLACES("Switzerland", switzerland),
    PLACES("Poland", poland),
    PLACES("Austria", austria),
    PLACES("Spain", spain),
    PLACES("Italy", italy),
    PLACES("Sweden", sweden),
};
static const struct demo_country americas[] = {
    PLACES("United States", united_states),
    PLACES("Canada", canada),
    PLACES("Brazil", brazil),
    PLACES("Mexico", mexico),
};
static const struct demo_country asia_pacific[] = {
    PLACES("Japan", japan),
    PLACES("Australia", australia),
    PLACES("India", india),
    PLACES("South Korea", korea),
};
const struct demo_region demo_regions[] = {
    PLACES("EMEA", emea),
    PLACES("Americas", americas),
    PLACES("Asia-Pacific", asia_pacific),
};
const size_t demo_region_count = COUNT(demo_regions);

const struct demo_department demo_departments[] = {
    {"Sales", "4100"},           {"Purchasing", "4200"},    {"Finance", "5100"},
    {"Human Resources", "5200"}, {"IT Operations", "5300"}, {"Customer Service", "4300"},
    {"Logistics", "6100"},       {"Production", "6200"},    {"Quality", "6300"},
    {"Research", "7100"},        {"Legal", "5400"},         {"Marketing", "4400"},
    {"Reception", "5500"},       {"Training", "5600"},
};
const size_t demo_department_count = COUNT(demo_departments);

/* Models name ranges of this list by index. */
const struct demo_firmware demo_firmwares[] = {
    {"IGEL OS 10", "10.6.100.01", "LX"},  {"IGEL OS 11", "11.05.133.01", "LX"},
    {"IGEL OS 11", "11.08.440.01", "LX"}, {"IGEL OS 11", "11.09.310.01", "LX"},
    {"IGEL OS 11", "11.10.100.01", "LX"}, {"IGEL OS 12", "12.3.2", "LX"},
    {"IGEL OS 12", "12.4.1", "LX"},       {"IGEL OS 12", "12.5.0", "LX"},
};
const size_t demo_firmware_count = COUNT(demo_firmwares);

/* clang-format off */
const struct demo_model demo_models[] = {
    {.share = 6, .device_type = "IGEL UD2-LX 40c", .product_id = "UD2-LX 40",
     .mac_prefix = "00E0C5", .serial_prefix = "13D3M04", .firmware_first = 0, .firmware_count = 1,
     .cpu_type = "Intel(R) Atom(TM) CPU E3815 @ 1.46GHz", .cpu_speed = 1460,
     .memory_size = 1887, .flash_size = 3800, .network_speed = 1000,
     .graphics_chipset0 = "Intel HD Graphics (Bay Trail)", .graphics_memory_size0 = 256,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "INSYDE Corp.", .bios_version = "3.5.12-06192015", .bios_date = "06/19/2015"},
    {.share = 19, .device_type = "IGEL UD2-LX 50c", .product_id = "UD2-LX 50",
     .mac_prefix = "00E0C5", .serial_prefix = "14D3J0B", .firmware_first = 1, .firmware_count = 4,
     .cpu_type = "Intel(R) Atom(TM) Processor E3930 @ 1.30GHz", .cpu_speed = 1300,
     .memory_size = 1943, .flash_size = 7458, .network_speed = 1000,
     .graphics_chipset0 = "Intel HD Graphics 500", .graphics_memory_size0 = 256,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "INSYDE Corp.", .bios_version = "3.B.14-03282018", .bios_date = "03/28/2018"},
    {.share = 24, .device_type = "IGEL UD3-LX 60", .product_id = "UD3-LX 60",
     .mac_prefix = "00E0C5", .serial_prefix = "14D6B1F", .firmware_first = 1, .firmware_count = 7,
     .cpu_type = "AMD Ryzen Embedded R1505G with Radeon Vega Gfx", .cpu_speed = 2400,
     .memory_size = 7429, .flash_size = 7640, .network_speed = 1000,
     .graphics_chipset0 = "AMD Radeon Vega 3", .graphics_memory_size0 = 512,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "American Megatrends Inc.", .bios_version = "V1.13.02-08112020", .bios_date = "08/11/2020"},
    {.share = 8, .device_type = "IGEL UD7-LX 20", .product_id = "UD7-LX 20",
     .mac_prefix = "000BCA", .serial_prefix = "14D7N2C", .firmware_first = 3, .firmware_count = 5,
     .cpu_type = "AMD RX-216GD Radeon R5", .cpu_speed = 1600,
     .memory_size = 7411, .flash_size = 7640, .network_speed = 1000,
     .graphics_chipset0 = "AMD Radeon R5E", .graphics_memory_size0 = 512,
     .graphics_chipset1 = "AMD Radeon E9173", .graphics_memory_size1 = 2048,
     .bios_vendor = "American Megatrends Inc.", .bios_version = "V1.08.01-05142019", .bios_date = "05/14/2019"},
    {.share = 14, .device_type = "HP t640 Thin Client", .product_id = "t640",
     .mac_prefix = "3C5282", .serial_prefix = "8CG1", .firmware_first = 4, .firmware_count = 4,
     .cpu_type = "AMD Ryzen Embedded R1505G with Radeon Vega Gfx", .cpu_speed = 2400,
     .memory_size = 7401, .flash_size = 30533, .network_speed = 1000,
     .graphics_chipset0 = "AMD Radeon Vega 3", .graphics_memory_size0 = 512,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "HP", .bios_version = "M44 v01.16", .bios_date = "02/07/2023"},
    {.share = 9, .device_type = "HP t430 Thin Client", .product_id = "t430",
     .mac_prefix = "3C5282", .serial_prefix = "8CN0", .firmware_first = 2, .firmware_count = 3,
     .cpu_type = "Intel(R) Celeron(R) N4020 CPU @ 1.10GHz", .cpu_speed = 1100,
     .memory_size = 3822, .flash_size = 15028, .network_speed = 1000,
     .graphics_chipset0 = "Intel UHD Graphics 600", .graphics_memory_size0 = 256,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "HP", .bios_version = "N41 v00.13", .bios_date = "09/12/2022"},
    {.share = 10, .device_type = "Dell Wyse 5070 Thin Client", .product_id = "5070",
     .mac_prefix = "008064", .serial_prefix = "7HK4", .firmware_first = 3, .firmware_count = 5,
     .cpu_type = "Intel(R) Pentium(R) Silver J5005 CPU @ 1.50GHz", .cpu_speed = 1500,
     .memory_size = 7774, .flash_size = 30533, .network_speed = 1000,
     .graphics_chipset0 = "Intel UHD Graphics 605", .graphics_memory_size0 = 256,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "Dell Inc.", .bios_version = "1.29.0", .bios_date = "01/24/2024"},
    {.share = 5, .device_type = "LG CL600W", .product_id = "CL600W",
     .mac_prefix = "00E091", .serial_prefix = "104NT", .firmware_first = 2, .firmware_count = 4,
     .cpu_type = "Intel(R) Celeron(R) J4105 CPU @ 1.50GHz", .cpu_speed = 1500,
     .memory_size = 3780, .flash_size = 15028, .network_speed = 1000,
     .graphics_chipset0 = "Intel UHD Graphics 600", .graphics_memory_size0 = 256,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "American Megatrends Inc.", .bios_version = "CL6E1180", .bios_date = "11/18/2020"},
    {.share = 3, .device_type = "Lenovo ThinkCentre M75n IoT", .product_id = "11BT",
     .mac_prefix = "6C4B90", .serial_prefix = "S4NX", .firmware_first = 5, .firmware_count = 3,
     .cpu_type = "AMD Athlon(TM) Silver 3050e with Radeon Graphics", .cpu_speed = 1400,
     .memory_size = 7180, .flash_size = 122104, .network_speed = 1000,
     .graphics_chipset0 = "AMD Radeon Graphics", .graphics_memory_size0 = 512,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "LENOVO", .bios_version = "M32KT2BA", .bios_date = "06/21/2023"},
    {.share = 2, .device_type = "Lenovo ThinkPad L14 Gen 1", .product_id = "20U2",
     .mac_prefix = "6C4B90", .serial_prefix = "PF2M", .firmware_first = 5, .firmware_count = 3,
     .cpu_type = "Intel(R) Core(TM) i5-10210U CPU @ 1.60GHz", .cpu_speed = 1600,
     .memory_size = 15761, .flash_size = 244198, .network_speed = 1000, .battery = 1,
     .graphics_chipset0 = "Intel UHD Graphics 620", .graphics_memory_size0 = 256,
     .graphics_chipset1 = "", .graphics_memory_size1 = 0,
     .bios_vendor = "LENOVO", .bios_version = "R17ET37W (1.20 )", .bios_date = "10/12/2023"},
};
/* clang-format on */
const size_t demo_model_count = COUNT(demo_models);

const struct demo_monitor demo_monitors[] = {
    {"Dell", "P2419H", "CN0H", 23.8, "1920x1080"},
    {"Dell", "U2720Q", "CN0D", 27, "3840x2160"},
    {"Samsung", "S24R650", "H4ZR", 23.8, "1920x1080"},
    {"LG Electronics", "27UL500", "104N", 27, "3840x2160"},
    {"Philips", "243B1", "UK02", 23.8, "1920x1080"},
    {"Fujitsu", "B24-9 TS", "YV9C", 23.8, "1920x1080"},
    {"Hewlett Packard", "E24 G4", "CNK1", 23.8, "1920x1080"},
    {"Eizo", "EV2456", "2548", 24.1, "1920x1200"},
    {"BenQ", "BL2283", "ETK7", 21.5, "1920x1080"},
    {"Lenovo", "T22i-10", "V902", 21.5, "1920x1080"},
};
const size_t demo_monitor_count = COUNT(demo_monitors);

const struct demo_topic demo_topics[] = {
    {"Sessions", "Citrix Workspace"},
    {"Sessions", "Horizon"},
    {"Sessions", "Azure Virtual Desktop"},
    {"Sessions", "Remote Desktop"},
    {"Sessions", "Firefox"},
    {"Sessions", "SSH"},
    {"System", "Wi-Fi"},
    {"System", "Time and language"},
    {"System", "Power management"},
    {"System", "Custom partition"},
    {"Security", "Certificates"},
    {"Security", "Smart card"},
    {"Security", "Screen lock"},
    {"Peripherals", "Two displays"},
    {"Peripherals", "Printers"},
    {"Peripherals", "USB redirection"},
};
const size_t demo_topic_count = COUNT(demo_topics);

const struct demo_topic demo_master_topics[] = {
    {"Baselines", "Security baseline"},      {"Baselines", "Password policy"},  {"Baselines", "Time servers"},
    {"Campaigns", "Firmware update window"}, {"Campaigns", "Emergency banner"},
};
const size_t demo_master_topic_count = COUNT(demo_master_topics);

const char *const demo_buildings[] = {"Headquarters", "Annex", "Plant North",
                                      "Warehouse",    "Tower", "Campus East"};
const size_t demo_building_count = COUNT(demo_buildings);

const char *const demo_given_names[] = {
    "anna",    "ben",   "carla",  "david", "emma",  "felix", "greta", "hannah",
    "ivan",    "julia", "karim",  "laura", "marek", "nina",  "omar",  "paula",
    "quentin", "rosa",  "stefan", "tanja", "uwe",   "vera",  "wei",   "yuki",
};
const size_t demo_given_name_count = COUNT(demo_given_names);

const char *const demo_family_names[] = {
    "andersson", "becker",     "costa",    "dubois",   "eriksen", "fischer", "garcia", "hansen",
    "ito",       "jansen",     "kowalski", "lopez",    "meyer",   "nowak",   "okafor", "patel",
    "quinn",     "rossi",      "schmidt",  "tanaka",   "ueda",    "vogel",   "weber",  "xu",
    "young",     "zimmermann", "o'brien",  "de-vries", "smith",   "johnson", "martin", "silva",
};
const size_t demo_family_name_count = COUNT(demo_family_names);

/* Some hold what tends to break careless programs: quotes, umlauts, a backslash, a percent sign. */
const char *const demo_comments[] = {
    "Meeting room",
    "Shared desk",
    "Kiosk – do not switch off",
    "Power supply replaced",
    "Gerät gehört zum Schulungsraum",
    "Moved from \"old\" floor 2",
    "Scanner at C:\\PORT1",
    "Runs at 100% load",
    "Loan device, return by end of quarter",
    "Écran tactile",
};
const size_t demo_comment_count = COUNT(demo_comments);
