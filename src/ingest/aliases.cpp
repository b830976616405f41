#include "ingest/aliases.h"

#include <array>

#include "campaign/schema.h"
#include "ingest/headers.h"

// Sources: the column names that Google Ads, Meta, LinkedIn, TikTok, Microsoft, Amazon, X and GA4
// print in their exports (English, then French, German, Spanish, Portuguese, Italian, Dutch), those
// of connectors that write them to warehouses, and those of common hand-made sheets.

namespace pythia {
namespace {

constexpr std::array<AliasList, 26> kAliases = {{
    {column::kImpressions,
     "impr|impression|ad impressions|ads impressions|google ads impressions|impressions total|"
     "imps|impression count|impressions delivered|paid impressions|displays|ad views|"
     "impressionen|impresiones|impressoes|impressioni|visualizzazioni|weergaven|"
     "vertoningen|affichages|einblendungen|anzeigenimpressionen|expositions"},
    {column::kClicks,
     "link clicks|inline link clicks|clicks link|ad clicks|ads clicks|google ads clicks|"
     "clicks destination|website clicks|url clicks|click throughs|clickthroughs|clicks all|click|"
     "outbound clicks|clics sur un lien|clics sur le lien|clics|clic|link klicks|linkklicks|"
     "klicks auf link|klicks|clics en el enlace|clics de enlace|cliques no link|cliques|"
     "clic sul link|clic sui link|click sul link|klikken op link|klikken op links|kliks|klikken"},
    {column::kAcquisitionCost,
     "amount spent|spend|cost|spent|ad spend|adspend|ads cost|google ads cost|ad cost|"
     "campaign cost|campaign spend|marketing spend|media cost|media spend|mark spent|spendings|"
     "total cost|costs|cost in local currency|cost in usd|cost local currency|budget spent|"
     "marketing cost|billed charge local micro|charges|"
     "montant depense|depenses|depense|cout|couts|"
     "ausgegebener betrag|ausgaben|kosten|werbekosten|importe gastado|gasto|coste|costo|inversion|"
     "valor usado|valor gasto|quantia gasta|custo|importo speso|spesa|importo|besteed bedrag|"
     "uitgegeven bedrag|budget|campaign budget|planned spend|planned budget"},
    {column::kRevenue,
     "conversion value|conversions value|conv value|attributed revenue|purchase value|"
     "purchases conversion value|website purchases conversion value|total purchase value|"
     "purchase conversion value|conversion value in local currency|total conversion value|sales|"
     "7 day total sales|14 day total sales|sales 7 d|sales 14 d|sales 30 d|"
     "attributed sales 14 d|attributed sales 30 d|sales amount|sale amount|total revenue|"
     "purchase revenue|ad revenue|income|turnover|sales revenue|revenue generated|"
     "valeur de conversion|valeur de conversion des achats|valeur conv|chiffre d affaires|revenu|"
     "revenus|ventes|conversion wert|conversionwert|conv wert|umsatz|erlos|einnahmen|"
     "valor de conversion|valor de conversion de compras|valor conv|ingresos|ventas|"
     "valor de conversao|valor de conversao da compra|receita|vendas|"
     "valore di conversione|valore conv|valore di conversione degli acquisti|entrate|ricavi|"
     "conversiewaarde|omzet|opbrengst"},
    {column::kConversions,
     "conversion|conv|approved conversion|purchases|website purchases|results|total conversions|"
     "7 day total orders|14 day total orders|purchases 7 d|purchases 14 d|purchases 30 d|"
     "external website conversions|website conversions|key events|orders|leads|"
     "conversions qualified|post click conversions|of purchase|purchase|"
     "resultats|achats|konversionen|conversionen|ergebnisse|kaufe|conversiones|resultados|"
     "compras|conversoes|conversioni|risultati|acquisti|conversies|resultaten|aankopen"},
    {column::kConversionRate,
     "conv rate|cvr|conversion rate|conversions rate|click to conversion rate|cr|taux de "
     "conversion|"
     "taux de conv|conversion rate cvr|konversionsrate|conversionrate|tasa de conversion|"
     "porcentaje de conv|taxa de conversao|taxa de conv|tasso di conversione|tasso di conv|"
     "conversiepercentage"},
    {column::kRoi, "return on investment|roi value|retour sur investissement|kapitalrendite"},
    {column::kRoas,
     "roas|return on ad spend|purchase roas|purchase roas return on ad spend|"
     "purchase roas (return on ad spend)|website purchase roas|conv value cost|"
     "total return on advertising spend|total roas|conversion value cost"},
    {column::kEngagementScore, "engagement|engagement index|interaction score"},
    {column::kDate,
     "day|report date|reporting date|reporting starts|start date|stat time day|stat time hour|"
     "time period|timeperiod|gregorian date|c date|ad date|campaign date|dates|start|launch date|"
     "starts|start time|week|month|event date|by day|timestamp|time|datum|jour|fecha|dia|data|"
     "giorno|date de debut|debut des rapports|debut de la periode|berichtsstart|tag|startdatum|"
     "anfang der auswertung|inicio del informe|fecha de inicio|inicio dos relatorios|"
     "data de inicio|inizio dei rapporti|inizio resoconto|data di inizio|dag|begin rapportage"},
    {column::kEndDate,
     "reporting ends|end date|report end|fin des rapports|fin de la periode|date de fin|"
     "berichtsende|enddatum|ende der auswertung|fin del informe|fecha de fin|"
     "fecha de finalizacion|encerramento dos relatorios|termino dos relatorios|data de termino|"
     "data final|fine dei rapporti|fine resoconto|data di fine|einde rapportage"},
    {column::kDuration,
     "campaign duration|duration days|days|length|run time|runtime|flight length|duree|dauer|"
     "laufzeit|duracion|duracao|durata|looptijd"},
    {column::kCampaignId,
     "campaign id|campaignid|campaign number id|id de la campagne|"
     "id campagne|kampagnen id|id de la campana|id de campana|id da campanha|id campagna|"
     "campagne id|campaign uid|id"},
    {column::kCampaignName,
     "campaign name|campaign|campaigns|session campaign|session campaign name|campaign title|"
     "google ads campaign|first user campaign|nom de la campagne|campagne|kampagne|kampagnenname|"
     "name der kampagne|nombre de la campana|campana|nombre de campana|nome da campanha|campanha|"
     "nome campagna|nome della campagna|campagna|naam van campagne|campagnenaam"},
    {column::kCompany,
     "company name|brand|advertiser|advertiser name|client|client name|account name|account|"
     "nom du compte|kontoname|nombre de la cuenta|nome da conta|nome account|accountnaam"},
    {column::kCampaignType,
     "campaign type|type of campaign|tactic|advertising channel type|campaign objective|"
     "objective|category|campaign category|ad type|ad format|type de campagne|objectif|"
     "kampagnentyp|ziel|tipo de campana|objetivo|tipo de campanha|tipo di campagna|obiettivo|"
     "campagnetype|type"},
    {column::kChannelUsed,
     "channel|platform|marketing channel|ad platform|campaign channel|media channel|"
     "channel name|advertising platform|publisher platform|session source|source|media|medium|"
     "ad network type|network|canal|plateforme|kanal|plattform|plataforma|canale|"
     "piattaforma|kanaal"},
    {column::kTargetAudience,
     "audience|target group|targeting|audience segment|age group|ad target audience|"
     "demographic|audience cible|zielgruppe|audiencia|publico objetivo|publico|publico alvo|"
     "pubblico|doelgroep"},
    {column::kCustomerSegment,
     "segment|customer type|customer group|user segment|industry|vertical|segment client|"
     "kundensegment|segmento|segmento de clientes|klantsegment"},
    {column::kLocation,
     "country|region|state|geo|city|market|country territory|country region|location name|"
     "geography|territory|pays|land|pais|regione|paese|lieu|ort|standort|ubicacion|"
     "localizacao|luogo|locatie|stadt|ville|ciudad|cidade|citta"},
    {column::kLanguage,
     "languages|ad language|campaign language|langue|sprache|idioma|lingua|taal"},
    {column::kCurrency,
     "currency|currency code|account currency|campaign budget currency code|devise|wahrung|"
     "moneda|moeda|valuta"},
    {column::kCtr,
     "ctr|click through rate|clickthrough rate|click thru rate|ctr all|ctr link|ctr destination|"
     "taux de clics|klickrate|porcentaje de clics|taxa de cliques|percentuale di clic"},
    {column::kCpc,
     "cpc|avg cpc|average cpc|cost per click|cpc all|cpc link|cost per link click|cpc destination|"
     "cpc moyen|durchschn cpc|cpc medio"},
    {column::kCpm,
     "cpm|avg cpm|average cpm|cost per mille|cost per thousand|cost per 1000 impressions|"
     "cost per 1 000 impressions|cpm medio|cpm moyen|durchschn cpm"},
    {column::kPersonal,
     "email|e mail|email address|e mail address|mail address|customer email|contact email|"
     "user email|phone|phone number|telephone|telephone number|mobile number|mobile phone|"
     "customer phone|contact phone|telefon|telefono|telefone|adresse e mail|correo electronico"},
}};

}  // namespace

std::span<const AliasList> Aliases() { return kAliases; }

}  // namespace pythia
