package clinic;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.HashMapResourceProvider;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;

/** HAPI's plain server: resources in memory, neither transaction nor batch, neither sorting nor paging. */
final class PlainServer {
  private PlainServer() {}

  static RestfulServer start() {
    var context = FhirContext.forR4();
    var fhir = new RestfulServer(context);
    for (var type : List.copyOf(context.getResourceTypes())) {
      if (!type.equals("Parameters") && !type.equals("Bundle")) {
        fhir.registerProvider(provider(context, context.getResourceDefinition(type).getImplementingClass()));
      }
    }
    return fhir;
  }

  private static <T extends IBaseResource> HashMapResourceProvider<T> provider(FhirContext context, Class<T> type) {
    return new HashMapResourceProvider<>(context, type);
  }
}
